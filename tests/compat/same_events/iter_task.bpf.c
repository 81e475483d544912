/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

SEC("iter/task")
int dump(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (!task || task->tgid != own_process)
		return 0;
	BPF_SEQ_PRINTF(ctx->meta->seq, "%d %d %s %d\n", task->tgid, task->real_parent->tgid, task->comm,
		task->signal->nr_threads);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
