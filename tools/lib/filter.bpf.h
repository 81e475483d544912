/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tasks the user asked for. The variables are constants to the verifier: a filter that is not used
 * costs nothing.
 *
 *   FILTER_CGROUPS=type,value size,entries,flags of the user's pinned table of cgroup ids
 *   FILTER_MNTNSS=the same for a table of mount namespaces
 */
#include "filter.h"
#include "loop.bpf.h"

#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/version.h>

#define FILTER_DEPTH 32	      /* of control groups, from the task's upwards */
#define FILTER_PIDNS_DEPTH 33 /* of PID namespaces: the kernel's MAX_PID_NS_LEVEL, and the first one */

const volatile struct filter_numbers filter_pid, filter_tid, filter_uid, filter_ppid;
const volatile struct filter_names filter_comm;
const volatile struct filter_cgroup_ids filter_cgroup;
const volatile u32 filter_pidns; /* whose numbers filter_pid, filter_tid and filter_ppid are; 0: the first */
const volatile u32 filter_self;	 /* the tool's own process; 0: not known */
const volatile u32 filter_self_ns; /* the PID namespace that filter_self is of; 0: the first */
const volatile bool filter_follow; /* only processes in filter_followed */

/* processes that the command after "--" has become */
BPF_HASH(filter_followed, u32, u8, 10240);
u64 processes_missed; /* for which it had no room */

/* An array of one table, into which the tool puts the user's: this lets a program use a table that it has not
 * created. The kernel requires a description of such a table beforehand. */
#define FILTER_SET_(name, type_number, size, entries, flags)                                                 \
	struct name##_inner {                                                                                \
		int (*type)[type_number];                                                                    \
		u64 *key;                                                                                    \
		int (*value_size)[size];                                                                     \
		int (*max_entries)[entries];                                                                 \
		int (*map_flags)[flags];                                                                     \
	};                                                                                                   \
	struct {                                                                                             \
		int (*type)[BPF_MAP_TYPE_ARRAY_OF_MAPS];                                                     \
		u32 *key;                                                                                    \
		u32 *value;                                                                                  \
		int (*max_entries)[1];                                                                       \
		struct name##_inner *values[];                                                               \
	} name SEC(".maps");
#define FILTER_SET(name, ...) FILTER_SET_(name, __VA_ARGS__)

#if defined(FILTER_CGROUPS) || defined(FILTER_MNTNSS)
#include <linux/bpf.h>

static inline bool filter_is_in_set(void *outer, u64 key)
{
	u32 zero = 0;
	void *set = bpf_map_lookup_elem(outer, &zero);

	return set && bpf_map_lookup_elem(set, &key);
}
#endif
#ifdef FILTER_CGROUPS
FILTER_SET(filter_cgroups, FILTER_CGROUPS)
#endif
#ifdef FILTER_MNTNSS
FILTER_SET(filter_mntnss, FILTER_MNTNSS)
#endif

static inline bool filter_refuses(const volatile struct filter_numbers *set, u32 number)
{
	u32 count = set->count, found = 0;

	for (u32 i = 0; i < FILTER_NUMBERS && i < count; i++)
		found |= set->numbers[i] == number;
	return found == set->unwanted;
}

static inline bool filter_refuses_name(const u64 *comm)
{
	u32 count = filter_comm.count, found = 0;

	for (u32 i = 0; i < FILTER_NAMES && i < count; i++) {
		const volatile u64 *name = (const volatile u64 *)filter_comm.names[i];

		found |= name[0] == comm[0] && name[1] == comm[1];
	}
	return found == filter_comm.unwanted;
}

static inline u64 filter_cgroup_id(struct cgroup *cgroup)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 5, 0)
	return cgroup->kn->id;
#else
	return cgroup->kn->id.id;
#endif
}

struct filter_cgroup_walk {
	struct cgroup *cgroup;
	u64 found;
};

/* One step upwards. Returns true at the end. */
static long filter_cgroup_step(u64 number, void *ctx)
{
	struct filter_cgroup_walk *walk = ctx;
	struct cgroup *cgroup = walk->cgroup;
	struct cgroup_subsys_state *parent = cgroup->self.parent;
	u64 id = filter_cgroup_id(cgroup);
	u32 count = filter_cgroup.count;

	for (u32 i = 0; i < FILTER_CGROUP_COUNT && i < count; i++)
		if (filter_cgroup.ids[i] == id)
			walk->found = true;
	if (walk->found || !parent)
		return true;
	walk->cgroup = container_of(parent, struct cgroup, self);
	return false;
}

static inline bool filter_refuses_cgroup(struct task_struct *task)
{
	struct filter_cgroup_walk walk = {.cgroup = task->cgroups->dfl_cgrp};

	LOOP(FILTER_DEPTH, filter_cgroup_step, &walk);
	return walk.found == filter_cgroup.unwanted;
}

/* What a process or thread is called in a PID namespace; 0: nothing, as it is outside. Upwards from its own
 * one: the end of a loop over numbers would not be seen by the verifier of Linux 6.1. */
static __noinline u32 filter_number_in(struct pid *pid, u32 inode)
{
	struct pid_namespace *ns = pid->numbers[pid->level].ns;

	for (int depth = 0; depth < FILTER_PIDNS_DEPTH && ns; depth++) {
		if (ns->ns.inum == inode)
			return pid->numbers[ns->level].nr;
		ns = ns->parent;
	}
	return 0;
}

static inline u32 filter_process_in(struct task_struct *task, u32 ns)
{
	return ns ? filter_number_in(task->signal->pids[PIDTYPE_TGID], ns) : task->tgid;
}

static inline bool filter_is_self(struct task_struct *task)
{
	return filter_self && filter_process_in(task, filter_self_ns) == filter_self;
}

static inline bool filter_refuses_parent(struct task_struct *task)
{
	return filter_refuses(&filter_ppid, filter_process_in(task->real_parent, filter_pidns));
}

/* `task` is looked at only if there are other PID namespaces than the first. */
static inline bool filter_refuses_ids(struct task_struct *task, u32 pid, u32 tid)
{
	u32 followed = pid;

	if (filter_self && !filter_self_ns && pid == filter_self)
		return true;
	if (filter_self && filter_self_ns && filter_is_self(task))
		return true;
	if (filter_pidns && filter_pid.count)
		pid = filter_process_in(task, filter_pidns);
	if (filter_pidns && filter_tid.count)
		tid = filter_number_in(task->thread_pid, filter_pidns);
	if (filter_pid.count && filter_refuses(&filter_pid, pid))
		return true;
	if (filter_tid.count && filter_refuses(&filter_tid, tid))
		return true;
	return filter_follow && !filter_followed.lookup(&followed);
}

/* Whether only certain tasks are wanted: then one that is not known is not. */
static inline bool filter_is_set(void)
{
#if defined(FILTER_CGROUPS) || defined(FILTER_MNTNSS)
	return true;
#endif
	return filter_pid.count || filter_tid.count || filter_uid.count || filter_ppid.count ||
	       filter_comm.count || filter_cgroup.count || filter_follow;
}

/* Whether events of the current task are not wanted. */
static __noinline bool current_is_unwanted(void)
{
	u64 id = bpf_get_current_pid_tgid();
	struct task_struct *looked_at = 0;

	if (filter_pidns || filter_self_ns)
		looked_at = (struct task_struct *)bpf_get_current_task();
	if (filter_refuses_ids(looked_at, id >> 32, id))
		return true;
	if (filter_uid.count && filter_refuses(&filter_uid, bpf_get_current_uid_gid()))
		return true;
	if (filter_ppid.count && filter_refuses_parent((struct task_struct *)bpf_get_current_task()))
		return true;
	if (filter_comm.count) {
		u64 comm[2] = {};

		bpf_get_current_comm(comm, sizeof(comm));
		if (filter_refuses_name(comm))
			return true;
	}
	if (filter_cgroup.count && filter_refuses_cgroup((struct task_struct *)bpf_get_current_task()))
		return true;
#ifdef FILTER_CGROUPS
	if (!filter_is_in_set(&filter_cgroups, bpf_get_current_cgroup_id()))
		return true;
#endif
#ifdef FILTER_MNTNSS
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (!filter_is_in_set(&filter_mntnss, task->nsproxy->mnt_ns->ns.inum))
		return true;
#endif
	return false;
}

/* The same for a task that is not the current one: the scheduler's. */
static __noinline bool task_is_unwanted(struct task_struct *task)
{
	if (filter_refuses_ids(task, task->tgid, task->pid))
		return true;
	if (filter_uid.count && filter_refuses(&filter_uid, task->cred->uid.val))
		return true;
	if (filter_ppid.count && filter_refuses_parent(task))
		return true;
	if (filter_comm.count) {
		u64 comm[2] = {};

		bpf_probe_read_kernel_str(comm, sizeof(comm), task->comm);
		if (filter_refuses_name(comm))
			return true;
	}
	if (filter_cgroup.count && filter_refuses_cgroup(task))
		return true;
#ifdef FILTER_CGROUPS
	if (!filter_is_in_set(&filter_cgroups, task->cgroups->dfl_cgrp->kn->id))
		return true;
#endif
#ifdef FILTER_MNTNSS
	if (!filter_is_in_set(&filter_mntnss, task->nsproxy->mnt_ns->ns.inum))
		return true;
#endif
	return false;
}

/* ---- the command, a child of the tool, and its descendants; attached only if there is one ---- */

SEC("raw_tracepoint/sched_process_fork")
int filter_follow_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (struct task_struct *)ctx->args[0];
	struct task_struct *child = (struct task_struct *)ctx->args[1];
	u32 from = parent->tgid, to = child->tgid;
	u8 yes = 1;

	if (from != to && (filter_followed.lookup(&from) || filter_is_self(parent)) &&
		filter_followed.update(&to, &yes))
		__sync_fetch_and_add(&processes_missed, 1);
	return 0;
}

SEC("raw_tracepoint/sched_process_free")
int filter_follow_free(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u32 pid = task->tgid;

	/* of the process, and not one of its threads */
	if (task->pid == pid)
		filter_followed.delete(&pid);
	return 0;
}
