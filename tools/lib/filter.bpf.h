/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Put before each tool's text: whom the user asked for. What is not asked for costs nothing.
 *   FILTER_PID FILTER_TID FILTER_UID  a number
 *   FILTER_CGROUP_MAP                 path of a pinned hash whose keys are cgroup ids
 *   FILTER_MNTNS_MAP                  path of a pinned hash whose keys are mount namespaces
 */
#ifdef FILTER_CGROUP_MAP
BPF_TABLE_PINNED("hash", u64, u64, cgroupset, 1024, FILTER_CGROUP_MAP);
#endif
#ifdef FILTER_MNTNS_MAP
#include <linux/sched.h>
BPF_TABLE_PINNED("hash", u64, u32, mount_ns_set, 1024, FILTER_MNTNS_MAP);
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
#ifdef FILTER_CGROUP_MAP
	u64 cgroup = bpf_get_current_cgroup_id();
	if (!cgroupset.lookup(&cgroup))
		return 1;
#endif
#ifdef FILTER_MNTNS_MAP
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 mntns = task->nsproxy->mnt_ns->ns.inum;
	if (!mount_ns_set.lookup(&mntns))
		return 1;
#endif
	return 0;
}
