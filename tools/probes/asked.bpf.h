/* SPDX-License-Identifier: Apache-2.0 */
/* What programs made of the user's words (expr.bpf.h) have in common: whose calls they are, and what was
 * known when a call began. The text defines EXPR_VALUES and EXPR_SEND. */
#include "expr.bpf.h"
#define CALL_DATA u64 arguments[EXPR_ARGUMENTS];
#include "calls.bpf.h"
#include "filter.bpf.h"

static inline void asked_enter(struct pt_regs *ctx, u32 probe, bool kernel, const struct expr_call *from)
{
	struct call call = {.place = probe};
	struct call_key key = {};

	for (int i = 0; i < EXPR_ARGUMENTS; i++)
		call.arguments[i] = from->arguments[i];
	call.begin = bpf_ktime_get_ns();
	call_begin(ctx, &call, kernel, 0, &key);
}

static inline bool asked_leave(struct pt_regs *ctx, u32 probe, bool kernel, struct expr_call *to)
{
	struct call_key key = {};
	struct call call;

	if (!call_end(ctx, probe, true, kernel, &call, &key))
		return false;
	for (int i = 0; i < EXPR_ARGUMENTS; i++)
		to->arguments[i] = call.arguments[i];
	to->begin = call.begin;
	return true;
}

#define EXPR_WANTED(number) (!current_is_unwanted())
#define EXPR_ENTER(ctx, number, kernel, call) asked_enter(ctx, number, kernel, call)
#define EXPR_LEAVE(ctx, number, kernel, call) asked_leave(ctx, number, kernel, call)
