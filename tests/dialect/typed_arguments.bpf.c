/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4660 1=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

/* of a struct of two slots, as of two arguments */
struct both {
	struct pt_regs *registers;
	long number;
};

SEC("raw_tracepoint/sys_enter")
int BPF_PROG2(enter, struct pt_regs *, registers, int, number)
{
	if (OWN && PT_REGS_PARM1_CORE_SYSCALL(registers) == 4660 && number > 0)
		put(0, 4660);
	return 0;
}

SEC("raw_tracepoint/sys_enter")
int BPF_PROG2(again, struct both, both)
{
	struct pt_regs *registers = both.registers;

	if (OWN && PT_REGS_PARM1_CORE_SYSCALL(registers) == 4660 && both.number > 0)
		put(1, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
