/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in runtimes, counted for each process. */
#include "entry.bpf.h"
#include "filter.bpf.h"
#include "ustat.h"

BPF_F_TABLE("hash", u32, struct ustat_counts, counts, 65536, BPF_F_NO_PREALLOC);

static __noinline int count(u32 kind)
{
	struct ustat_counts *value, none = {};
	u32 pid;

	if (current_is_unwanted() || kind >= USTAT_KINDS)
		return 0;
	pid = filter_pidns ? filter_process_in((struct task_struct *)bpf_get_current_task(), filter_pidns)
			   : bpf_get_current_pid_tgid() >> 32;
	value = entry_of(counts, &pid, &none);
	if (value)
		__sync_fetch_and_add(&value->counts[kind], 1);
	return 0;
}

#define COUNT(name, kind)                                                                                    \
	int name(struct pt_regs *ctx)                                                                        \
	{                                                                                                    \
		return count(kind);                                                                          \
	}
COUNT(count_method, USTAT_METHOD)
COUNT(count_gc, USTAT_GC)
COUNT(count_objnew, USTAT_OBJNEW)
COUNT(count_cload, USTAT_CLOAD)
COUNT(count_excp, USTAT_EXCP)
COUNT(count_thread, USTAT_THREAD)
