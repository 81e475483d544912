/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("?tp/no_such/tracepoint")
int optional(void *ctx)
{
	return 0;
}

SEC("raw_tp/sys_enter")
int enter(void *ctx)
{
	if (OWN)
		put(0, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
