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

/* The type of file system that a file is in, such as "ext4": 15 bytes of its name, and NULs. */
static inline void file_system_of(struct file *file, u64 name[2])
{
	name[0] = name[1] = 0;
	bpf_probe_read_kernel_str(name, 16, file->f_inode->i_sb->s_type->name);
}
