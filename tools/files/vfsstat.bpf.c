/* SPDX-License-Identifier: Apache-2.0 */
/* How often the kernel's general functions for files are called; or, where they cannot be probed, the system
 * calls that lead to them. */
#include "file.bpf.h"
#include "filter.bpf.h"
#include "missed.bpf.h"
#include "syscall.bpf.h"
#include "vfsstat.h"

#define MODE_CREATED 0x100000 /* FMODE_CREATED */
#define MODE_PATH 0x4000      /* FMODE_PATH */
#define BAD_DESCRIPTOR (-9)   /* EBADF */

struct counts {
	u64 of[VFSSTAT_KINDS];
};

BPF_ARRAY(counts, struct counts, 1);

static __noinline int count(u32 what)
{
	u32 zero = 0;
	struct counts *c = counts.lookup(&zero);

	if (c && what < VFSSTAT_KINDS && !current_is_unwanted())
		__sync_fetch_and_add(&c->of[what], 1);
	return 0;
}

/* ---- functions ---- */

#define FUNCTION(name, what)                                                                                 \
	KFUNC_PROBE(name)                                                                                    \
	{                                                                                                    \
		return count(what);                                                                          \
	}                                                                                                    \
	int kprobe__##name(struct pt_regs *ctx)                                                              \
	{                                                                                                    \
		return count(what);                                                                          \
	}

FUNCTION(vfs_read, VFSSTAT_READ)
FUNCTION(vfs_write, VFSSTAT_WRITE)
FUNCTION(vfs_fsync_range, VFSSTAT_FSYNC)
FUNCTION(vfs_create, VFSSTAT_CREATE)
FUNCTION(vfs_unlink, VFSSTAT_UNLINK)
FUNCTION(vfs_mkdir, VFSSTAT_MKDIR)
FUNCTION(vfs_rmdir, VFSSTAT_RMDIR)

/* A file that open() has created was not created by vfs_create(). */
static inline int count_open(struct file *file)
{
	if (file->f_mode & MODE_CREATED)
		count(VFSSTAT_CREATE);
	return count(VFSSTAT_OPEN);
}

KFUNC_PROBE(vfs_open, const struct path *path, struct file *file)
{
	return count_open(file);
}

int kprobe__vfs_open(struct pt_regs *ctx, const struct path *path, struct file *file)
{
	return count_open(file);
}

/* ---- system calls: when they have got that far ---- */

#define CALL_IO(name, what)                                                                                  \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return RESULT == BAD_DESCRIPTOR ? 0 : count(what);                                           \
	}
#define CALL(name, what)                                                                                     \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return RESULT < 0 ? 0 : count(what);                                                         \
	}
#define CALL_OPEN(name)                                                                                      \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		struct file *file = file_of(RESULT);                                                         \
                                                                                                             \
		return !file || file->f_mode & MODE_PATH ? 0 : count_open(file);                             \
	}

CALL_IO(read, VFSSTAT_READ)
CALL_IO(pread64, VFSSTAT_READ)
CALL_IO(write, VFSSTAT_WRITE)
CALL_IO(pwrite64, VFSSTAT_WRITE)
CALL_IO(fsync, VFSSTAT_FSYNC)
CALL_IO(fdatasync, VFSSTAT_FSYNC)
CALL_OPEN(creat)
CALL_OPEN(open)
CALL_OPEN(openat)
CALL_OPEN(openat2)
CALL(unlink, VFSSTAT_UNLINK)
CALL(mkdir, VFSSTAT_MKDIR)
CALL(mkdirat, VFSSTAT_MKDIR)
CALL(rmdir, VFSSTAT_RMDIR)

BPF_HASH(removals, u64, u8, 10240);

/* unlinkat() removes files, or directories. */
SYSCALL_ENTER(unlinkat)
{
	u64 id = bpf_get_current_pid_tgid();
	u8 of_directory = (ARGUMENT(2) & 0x200) != 0; /* AT_REMOVEDIR */

	if (removals.update(&id, &of_directory))
		event_missed();
	return 0;
}

SYSCALL_EXIT(unlinkat)
{
	u64 id = bpf_get_current_pid_tgid();
	u8 *of_directory = removals.lookup(&id);

	if (of_directory && RESULT >= 0)
		count(*of_directory ? VFSSTAT_RMDIR : VFSSTAT_UNLINK);
	removals.delete(&id);
	return 0;
}
