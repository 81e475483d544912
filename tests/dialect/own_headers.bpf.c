/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4660 */
#include "all.h"
#include "out.h"

SEC("tp/syscalls/sys_enter_getpgid")
int enter(struct trace_event_raw_sys_enter *ctx)
{
	if (OWN)
		put(0, ctx->args[0]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
