/* SPDX-License-Identifier: Apache-2.0 */
/* What of the C library's header has a meaning in BPF. */
#pragma once

#define bswap_16(x) __builtin_bswap16(x)
#define bswap_32(x) __builtin_bswap32(x)
#define bswap_64(x) __builtin_bswap64(x)
