/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done to files, from its begin to its end: by the functions of a file system (file_functions.bpf.h),
 * or by system calls (file_calls.bpf.h). The text that includes one of them defines
 *
 *	bool operation_is_wanted(struct file *file)
 *		whether it may concern this file
 *	void operation_done(void *ctx, const struct operation *done, u64 end, s64 ret)
 *		what is done when it has ended; `ret` is as the kernel's functions return it
 */
#include "file.bpf.h"
#include "file_operations.h"
#include "filter.bpf.h"
#include "missed.bpf.h"

#include <linux/fs.h>

#define NO_OFFSET ((u64) - 1)

struct operation {
	u64 begin;
	u64 offset;
	struct file *file; /* of an open() that is a system call: not yet known */
	struct dentry *dentry;
	u32 what;
	s32 fd; /* of system calls */
};

/* A write may contain an fsync, and an open that of another file. */
struct operation_key {
	u64 task;
	u64 what;
};

BPF_HASH(operations, struct operation_key, struct operation, 65536);

static inline bool operation_is_wanted(struct file *file);
static inline void operation_done(void *ctx, const struct operation *done, u64 end, s64 ret);

static __noinline int operation_report(void *ctx, const struct operation *done, u64 end, s64 ret)
{
	operation_done(ctx, done, end, ret);
	return 0;
}

static __noinline int operation_begin(const struct operation *operation)
{
	struct operation_key key = {.task = bpf_get_current_pid_tgid(), .what = operation->what};

	if (operations.update(&key, (struct operation *)operation))
		event_missed();
	return 0;
}

/* What this thread has begun; 0: nothing that is wanted. `done` is a copy, and the end is forgotten. */
static __noinline bool operation_end(u32 what, struct operation *done)
{
	struct operation_key key = {.task = bpf_get_current_pid_tgid(), .what = what};
	struct operation *begun = operations.lookup(&key);

	if (!begun)
		return false;
	*done = *begun;
	operations.delete(&key);
	return true;
}
