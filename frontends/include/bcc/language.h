/* What a BPF C text can use without including anything: macros of the language, helpers under their shorter
 * names. */
#pragma once

#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
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

/* The attributes that the kernel has names for, besides those of core.h. */
#ifndef __BCC_HEADERS
#define __section(name) __attribute__((section(name)))
#define __aligned(size) __attribute__((aligned(size)))
#define __cleanup(function) __attribute__((cleanup(function)))
#define ____cacheline_aligned __attribute__((aligned(64)))
#define __counted_by(member)
#define __nonstring
#define __nonnull(...)
#define __visible
#define __no_sanitize(what)
#define __ro_after_init
#define __initdata
#define __exit
#define __sched
#endif

/* The kernel's, if any, are in assembly. */
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

#include "errno.h"
#include "packets.h"

#define lock_xadd(ptr, value) ((void)__sync_fetch_and_add(ptr, value))

/* Never called: the marker by which the compiler finds formats, to report what the kernel would reject. */
int __bcc_check_format(const char *format, ...);

/* The format is put on the stack: the helper gets its address and size. */
#define __BCC_PRINT(format, ...)                                                                                     \
	({                                                                                                           \
		char __bcc_format[sizeof(format)];                                                                   \
		__builtin_memcpy(__bcc_format, format, sizeof(format));                                              \
		(bpf_trace_printk)(__bcc_format, sizeof(format), ##__VA_ARGS__);                                     \
	})
/* More arguments than registers need bpf_trace_vprintk() of Linux 5.16; this macro is set for kernels without
 * it. */
#ifdef __BCC_NO_VPRINTK
#define __BCC_PRINT_ASSERT(count)                                                                                    \
	_Static_assert((count) <= 3, "bpf_trace_printk() takes 3 values after its format before Linux 5.16")
#else
#define __BCC_PRINT_ASSERT(count)                                                                                    \
	_Static_assert((count) <= 12, "bpf_trace_printk() takes 12 values after its format at most")
#endif
#define __BCC_PRINT_MANY(format, ...)                                                                                \
	({                                                                                                           \
		__BCC_PRINT_ASSERT(__BCC_COUNT(__VA_ARGS__));                                                        \
		char __bcc_format[sizeof(format)];                                                                   \
		__builtin_memcpy(__bcc_format, format, sizeof(format));                                              \
		u64 __bcc_values[__BCC_COUNT(__VA_ARGS__)] = {__BCC_U64S(__VA_ARGS__)};                              \
		bpf_trace_vprintk(__bcc_format, sizeof(format), __bcc_values, sizeof(__bcc_values));                 \
	})
#define __BCC_IS_LITERAL(format)                                                                                     \
	(__builtin_constant_p(format) && __builtin_types_compatible_p(__typeof__(format), char[sizeof(format)]))

/* bpf_trace_printk("…", values…), or as the kernel has it bpf_trace_printk(format, size, values…). Only one
 * of the forms becomes code, so the types of the others do not matter. */
#define bpf_trace_printk(format, ...)                                                                                \
	({                                                                                                           \
		(void)sizeof(__bcc_check_format(format, ##__VA_ARGS__));                                             \
		__builtin_choose_expr(!__BCC_IS_LITERAL(format),                                                     \
			((long (*)(const char *, ...))6)(format, ##__VA_ARGS__),                                     \
			__builtin_choose_expr(__BCC_COUNT(__VA_ARGS__) <= 3, __BCC_PRINT(format, ##__VA_ARGS__),     \
				__BCC_PRINT_MANY(format, ##__VA_ARGS__)));                                           \
	})
#define bpf_trace_printk_(...) (bpf_trace_printk)(__VA_ARGS__)

#define __BCC_U64S(...) __BCC_GLUE2(__BCC_U64S, __BCC_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define __BCC_U64S0()
#define __BCC_U64S1(x) (u64)(x)
#define __BCC_U64S2(x, ...) (u64)(x), __BCC_U64S1(__VA_ARGS__)
#define __BCC_U64S3(x, ...) (u64)(x), __BCC_U64S2(__VA_ARGS__)
#define __BCC_U64S4(x, ...) (u64)(x), __BCC_U64S3(__VA_ARGS__)
#define __BCC_U64S5(x, ...) (u64)(x), __BCC_U64S4(__VA_ARGS__)
#define __BCC_U64S6(x, ...) (u64)(x), __BCC_U64S5(__VA_ARGS__)
#define __BCC_U64S7(x, ...) (u64)(x), __BCC_U64S6(__VA_ARGS__)
#define __BCC_U64S8(x, ...) (u64)(x), __BCC_U64S7(__VA_ARGS__)
#define __BCC_U64S9(x, ...) (u64)(x), __BCC_U64S8(__VA_ARGS__)
#define __BCC_U64S10(x, ...) (u64)(x), __BCC_U64S9(__VA_ARGS__)
#define __BCC_U64S11(x, ...) (u64)(x), __BCC_U64S10(__VA_ARGS__)
#define __BCC_U64S12(x, ...) (u64)(x), __BCC_U64S11(__VA_ARGS__)
/* More are rejected by __BCC_PRINT_ASSERT(). */
#define __BCC_U64S13(...) 0
#define __BCC_U64S14(...) 0
#define __BCC_U64S15(...) 0
#define __BCC_U64S16(...) 0

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

/* Functions behind a table's methods can end the program: the rewriter turns this into a return of 0. */
void __bcc_return_from_caller(void);
