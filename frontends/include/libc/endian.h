/* SPDX-License-Identifier: Apache-2.0 */
/* What of the C library's header has a meaning in BPF. */
#pragma once

#define __LITTLE_ENDIAN 1234
#define __BIG_ENDIAN 4321
#define __BYTE_ORDER (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __LITTLE_ENDIAN : __BIG_ENDIAN)
