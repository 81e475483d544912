/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/sched.h>

/* What a descriptor of the current process stands for; 0 if it is none. */
static inline struct file *file_of(s32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = task->files->fdt;

	if (fd < 0 || (u32)fd >= table->max_fds)
		return 0;
	return table->fd[fd];
}
