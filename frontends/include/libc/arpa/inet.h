/* SPDX-License-Identifier: Apache-2.0 */
/* What of the C library's header has a meaning in BPF. */
#pragma once

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define htons(x) ((unsigned short)__builtin_bswap16(x))
#define htonl(x) ((unsigned int)__builtin_bswap32(x))
#else
#define htons(x) ((unsigned short)(x))
#define htonl(x) ((unsigned int)(x))
#endif
#define ntohs(x) htons(x)
#define ntohl(x) htonl(x)
