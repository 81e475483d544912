/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4660 1=1 2=PID */
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 11, 0)
#define IS_NEWER 1
#else
#define IS_NEWER 0
#endif
#include "../../headers/x86/vmlinux_x86.h"
#include <bpf/vmlinux.h>
#include "../vmlinux-604.h"
#include "headers/bpf_helpers.h"
#include "../../../libbpf/src/bpf_core_read.h"
#include "out.h"

/* In folders that are not there, the headers are the library's. */
SEC("tp/syscalls/sys_enter_getpgid")
int enter(struct trace_event_raw_sys_enter *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (!OWN)
		return 0;
	put(0, ctx->args[0]);
	put(1, IS_NEWER);
	put(2, BPF_CORE_READ(task, tgid));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
