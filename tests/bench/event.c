// Eight dereferences from the current task; with -DEMPTY none.
#include <linux/sched.h>
BPF_ARRAY(sum, u64, 1);

RAW_TRACEPOINT_PROBE(sys_enter)
{
	u64 value = 1;
	int zero = 0;
#ifndef EMPTY
	struct task_struct *t = (struct task_struct *)bpf_get_current_task();
	value = t->pid + t->tgid + t->flags + t->prio + t->static_prio + t->real_parent->tgid + t->start_time;
#endif
	sum.update(&zero, &value);
	return 0;
}
