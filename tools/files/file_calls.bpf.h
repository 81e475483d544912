/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on files by system calls: on every kernel. What a descriptor stands for is in the table of the
 * process. */
#include "file_operations.bpf.h"
#include "syscall.bpf.h"

#define MODE_PATH 0x4000 /* FMODE_PATH, of O_PATH */

static __noinline int call_begin(u32 what, s32 fd, u64 offset)
{
	struct operation operation = {.what = what, .fd = fd, .offset = offset};
	struct file *file;

	if (current_is_unwanted())
		return 0;
	file = file_of(fd);
	if (!file || !operation_is_wanted(file))
		return 0;
	if (offset == NO_OFFSET)
		operation.offset = file->f_pos;
	operation.file = file;
	operation.dentry = file->f_path.dentry;
	operation.begin = bpf_ktime_get_ns();
	return operation_begin(&operation);
}

static __noinline int call_begin_open(void)
{
	struct operation operation = {.what = OPERATION_OPEN, .begin = bpf_ktime_get_ns()};

	return current_is_unwanted() ? 0 : operation_begin(&operation);
}

static __noinline int call_end(void *ctx, u32 what, s64 ret)
{
	struct operation done;
	u64 now = bpf_ktime_get_ns();

	if (!operation_end(what, &done))
		return 0;
	/* another thread may have closed it meanwhile */
	if (what != OPERATION_OPEN && file_of(done.fd) != done.file)
		return 0;
	if (what == OPERATION_OPEN) {
		done.file = file_of(ret);
		/* a file that is just named is not opened */
		if (!done.file || done.file->f_mode & MODE_PATH || !operation_is_wanted(done.file))
			return 0;
		done.dentry = done.file->f_path.dentry;
	}
	return operation_report(ctx, &done, now, ret);
}

#define CALL(name, what, offset)                                                                             \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return call_begin(what, ARGUMENT(0), offset);                                                \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return call_end(ctx, what, RESULT);                                                          \
	}
#define CALL_OPEN(name)                                                                                      \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return call_begin_open();                                                                    \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return call_end(ctx, OPERATION_OPEN, RESULT);                                                \
	}

CALL(read, OPERATION_READ, NO_OFFSET)
CALL(readv, OPERATION_READ, NO_OFFSET)
CALL(pread64, OPERATION_READ, ARGUMENT(3))
CALL(preadv, OPERATION_READ, ARGUMENT(3))
CALL(preadv2, OPERATION_READ, ARGUMENT(3))
CALL(write, OPERATION_WRITE, NO_OFFSET)
CALL(writev, OPERATION_WRITE, NO_OFFSET)
CALL(pwrite64, OPERATION_WRITE, ARGUMENT(3))
CALL(pwritev, OPERATION_WRITE, ARGUMENT(3))
CALL(pwritev2, OPERATION_WRITE, ARGUMENT(3))
#ifndef FILE_CALLS_READ_AND_WRITE_ONLY
CALL(fsync, OPERATION_FSYNC, 0)
CALL(fdatasync, OPERATION_FSYNC, 0)
CALL_OPEN(creat)
CALL_OPEN(open)
CALL_OPEN(openat)
CALL_OPEN(openat2)
#endif
