/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4660 1=4711 2=PID */
#include "vmlinux.h"
#include "own_libbpf/bpf_helpers.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "out.h"

/* Its own copy of one of libbpf's headers counts, beside the library's others, which include theirs. */
SEC("tp/syscalls/sys_enter_getpgid")
int enter(struct trace_event_raw_sys_enter *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (!OWN)
		return 0;
	put(0, ctx->args[0]);
	put(1, OF_OWN_HEADER);
	put(2, BPF_CORE_READ(task, tgid));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
