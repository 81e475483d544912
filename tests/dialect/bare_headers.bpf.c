/* SPDX-License-Identifier: Apache-2.0 */
/* 0=PID 1=258 */
/* As with -I for the folder of libbpf's headers. */
#include "vmlinux.h"
#include "bpf_helpers.h"
#include <bpf_core_read.h>
#include <bpf_tracing.h>
#include "bpf_endian.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	put(0, BPF_CORE_READ(task, tgid));
	put(1, bpf_ntohs(bpf_htons(258)));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
