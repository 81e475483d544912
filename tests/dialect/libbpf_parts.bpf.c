/* SPDX-License-Identifier: Apache-2.0 */
/* 0=PID 1=PID 2=4660 3=1 4=PID */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

/* Macros of its own, made of the parts of libbpf's. */
#define READ_INTO(to, s, a, ...) ({___core_read(bpf_core_read, bpf_core_read, to, s, a, ##__VA_ARGS__)})
#define READ(s, a, ...)                                                                                      \
	({                                                                                                   \
		___type((s), a, ##__VA_ARGS__) read_value;                                                   \
		READ_INTO(&read_value, s, a, ##__VA_ARGS__);                                                 \
		read_value;                                                                                  \
	})
#define OWN_PROG(name, args...)                                                                              \
	name(unsigned long long *ctx);                                                                       \
	static __always_inline int own_##name(unsigned long long *ctx, ##args);                              \
	int name(unsigned long long *ctx)                                                                    \
	{                                                                                                    \
		_Pragma("GCC diagnostic push")                                                               \
			_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") return own_##name(            \
				___bpf_ctx_cast(args));                                                      \
		_Pragma("GCC diagnostic pop")                                                                \
	}                                                                                                    \
	static __always_inline int own_##name(unsigned long long *ctx, ##args)

static __always_inline u64 first_argument(void *ctx, void *first)
{
	return (u64)first;
}

static __always_inline u64 of_registers(unsigned long long *ctx, struct pt_regs *registers)
{
	struct pt_regs copy, *regs = registers;
	u64 direct, wrapped = first_argument(___bpf_syswrap_args(u64));

	bpf_probe_read_kernel(&copy, sizeof(copy), registers);
	regs = &copy;
	direct = first_argument(___bpf_syscall_args(u64));
	return direct == wrapped ? direct : 0;
}

SEC("raw_tracepoint/sys_enter")
int OWN_PROG(enter, struct pt_regs *registers, long number)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u32 tgid = 0;

	if (!OWN || PT_REGS_PARM1_CORE_SYSCALL(registers) != 4660)
		return 0;
	READ_INTO(&tgid, task, group_leader, tgid);
	put(0, tgid);
	put(1, READ(task, group_leader, group_leader, tgid));
	put(2, of_registers(ctx, registers));
	put(3, number == BPF_CORE_READ(registers, orig_ax));
	put(4, READ(task, tgid));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
