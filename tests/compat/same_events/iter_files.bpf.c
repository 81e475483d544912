/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

SEC("iter/task_file")
int dump(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file || task->tgid != own_process)
		return 0;
	BPF_SEQ_PRINTF(ctx->meta->seq, "%d %lx %d\n", ctx->fd, file->f_inode->i_ino, file->f_flags);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
