/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4660 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

SEC("tp_btf/sys_enter")
int BPF_PROG(enter, struct pt_regs *regs, long id)
{
	long first = PT_REGS_PARM1_SYSCALL(regs);

	if (OWN && first == 4660)
		put(0, first);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
