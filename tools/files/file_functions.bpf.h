/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on files by the functions of a file system, whose names options decide (file_functions.h): what
 * processes do in any way, and the kernel itself.
 */
#include "file_operations.bpf.h"

#include <linux/version.h>

#define QUEUED (-529) /* EIOCBQUEUED: it has only been submitted; when it ends is not known */

static __noinline int function_begin(u32 what, struct file *file, u64 offset)
{
	struct operation operation = {.begin = bpf_ktime_get_ns(),
		.offset = offset,
		.file = file,
		.dentry = file->f_path.dentry,
		.what = what};

	return current_is_unwanted() ? 0 : operation_begin(&operation);
}

static inline int function_begin_io(u32 what, struct kiocb *io)
{
	return function_begin(what, io->ki_filp, io->ki_pos);
}

static __noinline int function_begin_getattr(u64 first, u64 second)
{
	struct operation operation = {.begin = bpf_ktime_get_ns(), .what = OPERATION_GETATTR};
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
	struct path *path = (struct path *)second;
#else
	struct path *path = (struct path *)first;
#endif

	operation.dentry = path->dentry;
	return current_is_unwanted() ? 0 : operation_begin(&operation);
}

static __noinline int function_end(void *ctx, u32 what, s64 ret)
{
	struct operation done;

	if (!operation_end(what, &done) || ret == QUEUED)
		return 0;
	return operation_report(ctx, &done, bpf_ktime_get_ns(), ret);
}

/* ---- a name and an open file at once, from a server ---- */

#define FILE_OPENED (1 << 19) /* FMODE_OPENED */

static __noinline int function_begin_by_name(u64 dentry, u64 file)
{
	struct operation operation = {.begin = bpf_ktime_get_ns(),
		.file = (struct file *)file,
		.dentry = (struct dentry *)dentry,
		.what = OPERATION_OPEN};

	return current_is_unwanted() ? 0 : operation_begin(&operation);
}

/* If the file is not open, there is none, or it is still to be opened. */
static __noinline int function_end_by_name(void *ctx, s64 ret)
{
	struct operation done;

	if (!operation_end(OPERATION_OPEN, &done) || ret || !((u32)done.file->f_mode & FILE_OPENED))
		return 0;
	return operation_report(ctx, &done, bpf_ktime_get_ns(), ret);
}

SEC("fentry") int fentry_open_by_name(u64 *ctx)
{
	return function_begin_by_name(ctx[1], ctx[2]);
}

SEC("fexit") int fexit_open_by_name(u64 *ctx)
{
	return function_end_by_name(ctx, (int)ctx[5]);
}

SEC("kprobe") int kprobe_open_by_name(struct pt_regs *ctx)
{
	return function_begin_by_name(PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx));
}

SEC("kretprobe") int kretprobe_open_by_name(struct pt_regs *ctx)
{
	return function_end_by_name(ctx, (int)PT_REGS_RC(ctx));
}

/* ---- the others ---- */

#define FUNCTION(name, what, arguments, begin)                                                               \
	SEC("fentry") int fentry_##name(u64 *ctx)                                                            \
	{                                                                                                    \
		u64 first = ctx[0], second = ctx[1];                                                         \
                                                                                                             \
		return begin;                                                                                \
	}                                                                                                    \
	SEC("fexit") int fexit_##name(u64 *ctx)                                                              \
	{                                                                                                    \
		return function_end(ctx, what, (int)ctx[arguments]);                                         \
	}                                                                                                    \
	SEC("kprobe") int kprobe_##name(struct pt_regs *ctx)                                                 \
	{                                                                                                    \
		u64 first = PT_REGS_PARM1(ctx), second = PT_REGS_PARM2(ctx);                                 \
                                                                                                             \
		return begin;                                                                                \
	}                                                                                                    \
	SEC("kretprobe") int kretprobe_##name(struct pt_regs *ctx)                                           \
	{                                                                                                    \
		return function_end(ctx, what, (int)PT_REGS_RC(ctx));                                        \
	}

#define FUNCTION_FILE(argument) ((struct file *)(argument))

FUNCTION(read, OPERATION_READ, 2, function_begin_io(OPERATION_READ, (struct kiocb *)first))
FUNCTION(write, OPERATION_WRITE, 2, function_begin_io(OPERATION_WRITE, (struct kiocb *)first))
FUNCTION(open, OPERATION_OPEN, 2, function_begin(OPERATION_OPEN, FUNCTION_FILE(second), 0))
FUNCTION(open_too, OPERATION_OPEN, 2, function_begin(OPERATION_OPEN, FUNCTION_FILE(second), 0))
FUNCTION(fsync, OPERATION_FSYNC, 4, function_begin(OPERATION_FSYNC, FUNCTION_FILE(first), 0))
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
FUNCTION(getattr, OPERATION_GETATTR, 5, function_begin_getattr(first, second))
#else
FUNCTION(getattr, OPERATION_GETATTR, 4, function_begin_getattr(first, second))
#endif
