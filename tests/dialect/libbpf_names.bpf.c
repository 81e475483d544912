/* SPDX-License-Identifier: Apache-2.0 */
/* 0=2 1=3 2=7 3=13330 4=1 5=5 6=0 7=PID */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include "out.h"

/* Names of libbpf's headers that programs' own macros are made of. */
#if !defined(__BPF_HELPERS__) || !defined(__BPF_TRACING_H__) || !defined(__BPF_CORE_READ_H__) ||             \
	!defined(__BPF_ENDIAN__) || !defined(bpf_target_defined)
#error "not libbpf's headers"
#endif

#define sum1(a) (a)
#define sum2(a, b) ((a) + (b))
#define sum(...) ___bpf_apply(sum, ___bpf_narg(__VA_ARGS__))(__VA_ARGS__)
#define fill(to, ...) ___bpf_fill(to, ##__VA_ARGS__)

SEC("raw_tracepoint/sys_enter")
int BPF_PROG(enter, struct pt_regs *registers)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	___type(task, group_leader, tgid) own = BPF_CORE_READ(task, group_leader, tgid);
	unsigned long long numbers[2] = {0, 0};

	if (unlikely(!OWN))
		return 0;
	put(0, ___bpf_narg(1, 2));
	put(1, sum(1, 2));
	int ___bpf_concat(num, ber) = sum(7);
	put(2, number);
	put(3, ___bpf_swab16(0x1234));
	if (likely(sizeof(__PT_REGS_CAST(registers)->__PT_PARM1_REG) == sizeof(long)))
		put(4, 1);
	fill(numbers, 5);
	put(5, numbers[0]);
	fill(numbers);
	put(6, numbers[1]);
	put(7, own);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
