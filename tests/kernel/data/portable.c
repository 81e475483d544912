/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text in BCC's dialect that reads fields of the kernel's structs and of tracepoints. The test compiles it;
 * portable-6.18.bpf.o is what came of it on Linux 6.18 on x86-64 (bcc_open_opts.portable).
 */
#include <linux/sched.h>

BPF_ARRAY(out, u64, 16);

volatile int wanted = 0; /* process */

static void put(int key, u64 value)
{
	out.update(&key, &value);
}

SEC("syscall")
int ask(void *context)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	put(0, task->tgid);
	put(1, task->group_leader->pid);
	put(2, task->nsproxy->uts_ns->ns.inum);
	put(3, task->mm->arg_start);
	put(4, task->comm[0] << 8 | task->comm[1]);
	return 0;
}

TRACEPOINT_PROBE(task, task_rename)
{
	char name[16];

	if (bpf_get_current_pid_tgid() >> 32 != wanted)
		return 0;
	__builtin_memcpy(name, args->newcomm, sizeof(name));
	put(5, name[0] << 8 | name[1]);
	put(6, (u64)(s64)args->oom_score_adj);
	return 0;
}

TRACEPOINT_PROBE(sched, sched_process_exec)
{
	char name[16] = {};

	if (args->old_pid != wanted)
		return 0;
	TP_DATA_LOC_READ_CONST(name, filename, sizeof(name));
	put(7, name[1] << 8 | name[2]);
	put(8, args->pid);
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)
{
	if (bpf_get_current_pid_tgid() >> 32 == wanted)
		put(9, args->pid);
	return 0;
}

/* its struct is that of a class of tracepoints */
TRACEPOINT_PROBE(sched, sched_wakeup_new)
{
	if (bpf_get_current_pid_tgid() >> 32 == wanted)
		put(10, args->pid);
	return 0;
}
