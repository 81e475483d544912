/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that are allocated, counted by their types. */
#include "entry.bpf.h"
#include "uobjnew.h"
#include "usdt_text.bpf.h"

const volatile u32 name_argument, name_length, size_argument; /* 0: there is none */

BPF_F_TABLE("hash", struct type, struct allocations, objects, 65536, BPF_F_NO_PREALLOC);

static __noinline int count(struct type *type, u64 bytes)
{
	struct allocations none = {}, *value = entry_of(objects, type, &none);

	if (!value)
		return 0;
	__sync_fetch_and_add(&value->count, 1);
	__sync_fetch_and_add(&value->bytes, bytes);
	return 0;
}

/* The probe says the type. */
int alloc_named(struct pt_regs *ctx)
{
	struct type type = {};
	u64 size = 0;

	usdt_text(ctx, type.name, sizeof(type.name), name_argument, name_length);
	if (size_argument)
		bpf_usdt_readarg(size_argument, ctx, &size);
	return count(&type, size);
}

/* The probe is for one type, and says the size. */
#define ALLOC(what)                                                                                          \
	int alloc_##what(struct pt_regs *ctx)                                                                \
	{                                                                                                    \
		struct type type = {.name = #what};                                                          \
		u64 size = 0;                                                                                \
                                                                                                             \
		bpf_usdt_readarg(1, ctx, &size);                                                             \
		return count(&type, size);                                                                   \
	}
ALLOC(string)
ALLOC(hash)
ALLOC(array)

/* Nothing is said. */
int alloc_any(struct pt_regs *ctx)
{
	struct type type = {.name = "<ALL>"};

	return count(&type, 0);
}

/* (size_t size) */
int alloc_block(struct pt_regs *ctx)
{
	struct type type = {.block = PT_REGS_PARM1(ctx)};

	if (!type.block)
		__builtin_memcpy(type.name, "block size 0", sizeof("block size 0"));
	return count(&type, type.block);
}
