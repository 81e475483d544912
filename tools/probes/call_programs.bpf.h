/* SPDX-License-Identifier: Apache-2.0 */
/* The programs at all functions that a tool's probes stand for, with the stacks of calls of calls.bpf.h. */
#include "calls.bpf.h"
#include "place.bpf.h"

#include <linux/version.h>

/* The function of the kernel that a program runs at; 0: not known. */
static inline u64 call_kernel_place(struct pt_regs *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
	return bpf_get_func_ip(ctx);
#else
	return 0;
#endif
}

/* What the text does when a call begins and when it returns; `kernel`: of a function of the kernel. */
static inline int enter(struct pt_regs *ctx, u64 place, bool kernel);
static inline int leave(struct pt_regs *ctx, u64 place, bool place_known, bool kernel);

int enter_function(struct pt_regs *ctx)
{
	u64 place = call_kernel_place(ctx);

	return enter(ctx, place ? place : PT_REGS_IP(ctx), true);
}

int leave_function(struct pt_regs *ctx)
{
	u64 place = call_kernel_place(ctx);

	return leave(ctx, place, place != 0, true);
}

int enter_user(struct pt_regs *ctx)
{
	return enter(ctx, place_number(ctx), false);
}

int leave_user(struct pt_regs *ctx)
{
	return leave(ctx, place_number(ctx), true, false);
}
