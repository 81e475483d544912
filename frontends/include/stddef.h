/* In BCC's dialect, available without including anything. */
#pragma once

#ifndef NULL
#define NULL ((void *)0)
#endif
