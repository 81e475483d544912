/* SPDX-License-Identifier: Apache-2.0 */
/* 0=PID 1=PID; Linux 5.11 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

/* No name of the struct, nor of the one that its member leads to. */
SEC("raw_tracepoint/sys_enter")
int enter(void *ctx)
{
	if (!OWN)
		return 0;
	put(0, bpf_get_current_task_btf()->tgid);
	put(1, bpf_get_current_task_btf()->group_leader->pid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
