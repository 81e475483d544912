/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Put before each tool's text: which processes the user asked for. Filters that are not used cost nothing.
 *
 *   FILTER_PID FILTER_TID FILTER_UID   a number
 *   FILTER_CGROUPS=type,value size,entries,flags of the user's pinned table of cgroup ids
 *   FILTER_MNTNSS=the same for a table of mount namespaces
 */
#if defined(FILTER_CGROUPS) || defined(FILTER_MNTNSS)
#include <linux/bpf.h>
#include <linux/sched.h>

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

static inline int is_in_set(void *outer, u64 key)
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

static inline int current_is_unwanted(void)
{
#ifdef FILTER_PID
	if (bpf_get_current_pid_tgid() >> 32 != FILTER_PID)
		return 1;
#endif
#ifdef FILTER_TID
	if ((u32)bpf_get_current_pid_tgid() != FILTER_TID)
		return 1;
#endif
#ifdef FILTER_UID
	if ((u32)bpf_get_current_uid_gid() != FILTER_UID)
		return 1;
#endif
#ifdef FILTER_CGROUPS
	if (!is_in_set(&filter_cgroups, bpf_get_current_cgroup_id()))
		return 1;
#endif
#ifdef FILTER_MNTNSS
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (!is_in_set(&filter_mntnss, task->nsproxy->mnt_ns->ns.inum))
		return 1;
#endif
	return 0;
}
