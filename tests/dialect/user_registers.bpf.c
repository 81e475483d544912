/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4660 1=1 2=4660 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
typedef __u32 u32;
typedef __u64 u64;
#include "out.h"

/* Without vmlinux.h, registers have the names that user space gives them. */
SEC("raw_tracepoint/sys_enter")
int enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct pt_regs registers;

	if (!OWN)
		return 0;
	bpf_probe_read_kernel(&registers, sizeof(registers), (void *)ctx->args[0]);
	if (PT_REGS_PARM1(&registers) != 4660)
		return 0;
#ifdef __TARGET_ARCH_x86
	put(0, registers.rdi);
	put(1, registers.rip != 0 && registers.rsp != 0);
#else
	put(0, PT_REGS_PARM1(&registers));
	put(1, PT_REGS_IP(&registers) != 0);
#endif
	put(2, PT_REGS_PARM1_SYSCALL(&registers));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
