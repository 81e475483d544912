/* SPDX-License-Identifier: Apache-2.0 */
/* How long requests take, by the stacks with which they were submitted. */
#define BLOCK_STACKS
#include "biostacks.h"
#include "block.bpf.h"
#include "stack_hist.bpf.h"

BPF_HASH(requests, struct key, struct stack_hist, 10240);

static inline void block_done(void *ctx, const struct block_request *request, u64 now)
{
	struct key key = {.stack = request->stack, .device = request->device};

	/* threads of a process are counted together */
	key.stack.tid = 0;
	stack_hist_add(requests, &key, now - request->task.time);
}
