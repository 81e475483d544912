/* SPDX-License-Identifier: Apache-2.0 */
/* In BCC's dialect, available without including anything. */
#pragma once

#include <stddef.h>

#ifndef memcpy
#define memcpy __builtin_memcpy
#endif
#ifndef memmove
#define memmove __builtin_memmove
#endif
#ifndef memset
#define memset __builtin_memset
#endif
#ifndef memcmp
#define memcmp __builtin_memcmp
#endif
