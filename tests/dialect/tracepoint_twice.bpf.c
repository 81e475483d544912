/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 1=2 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("tracepoint/syscalls/sys_enter_getpgid")
int tracepoint__of_my_own(struct trace_event_raw_sys_enter *ctx)
{
	if (OWN)
		put(0, 1);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int kprobe__not_one(void *ctx)
{
	if (OWN)
		put(1, 2);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
