/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of static probes; bcc_attach_usdt() and SEC("usdt/PATH:PROVIDER:NAME") tell where they are. */
/* As in libbpf's header: of the two, one that a program has of its own and this, the first counts. */
#ifndef __USDT_BPF_H__
#define __USDT_BPF_H__

#include "bpf_helpers.h"
#include "bpf_tracing.h"

#define __bcc_map___usdt __usdt
#define __bcc_map___usdt_at __usdt_at
#define __BCC_MAP(map_name, map_type, key_type, value_type, entries, flags)                                          \
	struct {                                                                                                     \
		__uint(type, map_type);                                                                              \
		__uint(max_entries, entries);                                                                        \
		__type(key, key_type);                                                                               \
		__type(value, value_type);                                                                           \
	} map_name SEC(".maps");
#include "bcc/usdt.h"
#undef __BCC_MAP

static __always_inline struct __bcc_usdt_place *__bcc_usdt_here(void *ctx)
{
	u32 number = __bcc_usdt_number(ctx);

	return bpf_map_lookup_elem(&__usdt, &number);
}

/* How many arguments there are; -2 (ENOENT): the probe is not known. */
static __always_inline int bpf_usdt_arg_cnt(struct pt_regs *ctx)
{
	struct __bcc_usdt_place *place = __bcc_usdt_here(ctx);

	return place && place->used ? (int)place->count : -2;
}

/* Argument `n`, counted from 0, as a long; 0, or -2 (ENOENT): there is none, or it cannot be read. */
static __always_inline int bpf_usdt_arg(struct pt_regs *ctx, u64 n, long *to)
{
	u64 value = 0;
	int ret = n < 12 ? __bcc_usdt_readarg(n + 1, ctx, &value) : -1;

	*to = ret ? 0 : (long)value;
	return ret ? -2 : 0;
}

/* Its bytes, as the probe is written. */
static __always_inline int bpf_usdt_arg_size(struct pt_regs *ctx, u64 n)
{
	struct __bcc_usdt_place *place = __bcc_usdt_here(ctx);

	if (!place || n >= 12 || !place->arguments[n].is_known)
		return -2;
	return 8 - place->arguments[n].down / 8;
}

/* The program's own cookie. */
static __always_inline long bpf_usdt_cookie(struct pt_regs *ctx)
{
	struct __bcc_usdt_place *place = __bcc_usdt_here(ctx);

	return place ? (long)place->cookie : 0;
}

#define __bcc_usdt_value(n)                                                                                          \
	({                                                                                                           \
		long __bcc_usdt_argument = 0;                                                                        \
		bpf_usdt_arg(ctx, n, &__bcc_usdt_argument);                                                          \
		(void *)__bcc_usdt_argument;                                                                         \
	})
#define __bcc_usdt_0
#define __bcc_usdt_1 __bcc_usdt_0, __bcc_usdt_value(0)
#define __bcc_usdt_2 __bcc_usdt_1, __bcc_usdt_value(1)
#define __bcc_usdt_3 __bcc_usdt_2, __bcc_usdt_value(2)
#define __bcc_usdt_4 __bcc_usdt_3, __bcc_usdt_value(3)
#define __bcc_usdt_5 __bcc_usdt_4, __bcc_usdt_value(4)
#define __bcc_usdt_6 __bcc_usdt_5, __bcc_usdt_value(5)
#define __bcc_usdt_7 __bcc_usdt_6, __bcc_usdt_value(6)
#define __bcc_usdt_8 __bcc_usdt_7, __bcc_usdt_value(7)
#define __bcc_usdt_9 __bcc_usdt_8, __bcc_usdt_value(8)
#define __bcc_usdt_10 __bcc_usdt_9, __bcc_usdt_value(9)
#define __bcc_usdt_11 __bcc_usdt_10, __bcc_usdt_value(10)
#define __bcc_usdt_12 __bcc_usdt_11, __bcc_usdt_value(11)
#define BPF_USDT(name, ...)                                                                                          \
	__bcc_program(                                                                                               \
		struct pt_regs, name, __bcc_join_program(__bcc_usdt_, __bcc_count(__VA_ARGS__)), ##__VA_ARGS__)

#endif
