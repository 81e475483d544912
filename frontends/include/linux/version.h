/* LINUX_VERSION_CODE comes from the compiler's flags. */
#pragma once

#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif
