/* Available without including anything. */
#pragma once
