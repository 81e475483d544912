/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("raw_tracepoint/sys_enter")
int enter(struct bpf_raw_tracepoint_args *ctx)
{
	if (OWN && ctx->args[0])
		put(0, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
