/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

int my_pid = 0;
u64 bytes = 0;
u32 by_descriptor[16] = {};

SEC("tp/syscalls/sys_enter_write")
int handle_tp(struct trace_event_raw_sys_enter *ctx)
{
	int pid = bpf_get_current_pid_tgid() >> 32;

	if (pid != own_process)
		return 0;
	my_pid = pid;
	bytes += ctx->args[2];
	by_descriptor[ctx->args[0] & 15]++;
	bpf_printk("write by PID %d", pid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
