/* What a BPF C text can use without including anything: macros of the language, helpers under their shorter names. */
#pragma once

#include <linux/kconfig.h>
#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif
#define SEC(name) __attribute__((section(name), used))
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __BCC_HEADERS
#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __bitwise
#define __maybe_unused __attribute__((unused))
#define __attribute_const__ __attribute__((const))
#define __must_check
#endif
#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef __BCC_HEADERS
#define true 1
#define false 0
#endif
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
#ifndef container_of
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - __builtin_offsetof(type, member)))
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif

/* The kernel's, if there, are of assembly. */
#undef memcpy
#undef memset
#undef memmove
#undef memcmp
#define memcpy(to, from, size) __builtin_memcpy((to), (from), (size))
#define memset(to, value, size) __builtin_memset((to), (value), (size))
#define memmove(to, from, size) __builtin_memmove((to), (from), (size))
#define memcmp(a, b, size) __builtin_memcmp((a), (b), (size))

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define bpf_ntohs(x) __builtin_bswap16(x)
#define bpf_ntohl(x) __builtin_bswap32(x)
#define bpf_ntohll(x) __builtin_bswap64(x)
#else
#define bpf_ntohs(x) (x)
#define bpf_ntohl(x) (x)
#define bpf_ntohll(x) (x)
#endif
#define bpf_htons(x) bpf_ntohs(x)
#define bpf_htonl(x) bpf_ntohl(x)
#define bpf_htonll(x) bpf_ntohll(x)
#ifndef ntohs
#define ntohs(x) ((u16)bpf_ntohs((u16)(x)))
#define ntohl(x) ((u32)bpf_ntohl((u32)(x)))
#define htons(x) ((u16)bpf_htons((u16)(x)))
#define htonl(x) ((u32)bpf_htonl((u32)(x)))
#endif

#include "packets.h"

#define lock_xadd(ptr, value) ((void)__sync_fetch_and_add(ptr, value))

/* The format is put on the stack: what the helper gets is its address and size. */
#define bpf_trace_printk(format, ...)                                                                                \
	({                                                                                                           \
		char __bcc_format[] = format;                                                                        \
		bpf_trace_printk(__bcc_format, sizeof(__bcc_format), ##__VA_ARGS__);                                 \
	})

/* The number of the power-of-two slot: 0 and 1 → 0 and 1, 2 and 3 → 2, 4 to 7 → 3, … */
static __always_inline unsigned int __bcc_floor_log2(u32 v)
{
	u32 shift, result;

	result = (v > 0xffff) << 4;
	v >>= result;
	shift = (v > 0xff) << 3;
	v >>= shift;
	result |= shift;
	shift = (v > 0xf) << 2;
	v >>= shift;
	result |= shift;
	shift = (v > 0x3) << 1;
	v >>= shift;
	result |= shift;
	return result | (v >> 1);
}

static __always_inline unsigned int bpf_log2(unsigned int v)
{
	return __bcc_floor_log2(v);
}

static __always_inline unsigned int bpf_log2l(unsigned long v)
{
	unsigned int high = v >> 32;

	return high ? bpf_log2(high) + 32 + 1 : bpf_log2(v) + 1;
}

/* Programs called through a table's methods can leave the program: the rewriter makes it a return of 0. */
void __bcc_return_from_caller(void);
