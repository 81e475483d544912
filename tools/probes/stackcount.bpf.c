/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the stacks with which each place is reached. */
#include "count.bpf.h"
#include "reached.bpf.h"
#include "stackcount.h"
#include "stacks.bpf.h"

const volatile bool by_process;

BPF_HASH(counts, struct stack_key, u64, 40960);

static inline void reached(void *ctx, u64 place)
{
	struct stack_key key = {};

	stacks_of_current(ctx, &key);
	key.tid = 0;
	if (!by_process) {
		key.pid = 0;
		__builtin_memset(key.comm, 0, sizeof(key.comm));
	}
	count_add(counts, &key, 1);
}
