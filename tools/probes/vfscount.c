/* SPDX-License-Identifier: Apache-2.0 */
/* funccount of the kernel's functions for files. */
#define VFSCOUNT
#include "funccount.c"
