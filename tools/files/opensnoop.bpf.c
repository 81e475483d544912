/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each open(), openat() and openat2(), reported on return: with the arguments that the registers still have,
 * or, on kernels where a program cannot have these, that were recorded on entry. The path is read on return,
 * when the kernel has just read it too and its page is certainly in memory.
 */
#include "event.bpf.h"
#include "filter.bpf.h"
#include "opensnoop.h"
#include "path.bpf.h"
#include "syscall.bpf.h"

#define ACCESS_MODE 3 /* O_ACCMODE */

struct call {
	const char *path;
	u64 flags;
	int folder;
};

BPF_PERCPU_ARRAY(scratch, struct event, 1);

const volatile bool only_failed;
const volatile bool full_path; /* with the directory that a relative path starts from */
const volatile u32 flags_any;  /* only calls with any of these flags; 0: all */
const volatile bool read_only; /* also, or only, those that open for reading only: O_RDONLY is not a bit */

static inline bool flags_are_wanted(u64 flags)
{
	if (!flags_any && !read_only)
		return true;
	return flags & flags_any || (read_only && !(flags & ACCESS_MODE));
}

/* Appends the names of the directory that a relative path starts from. */
static inline void add_folders(struct event *event, int folder)
{
	struct path at;

	if (!path_of_folder(folder, &at))
		return;
	event->has_folders = 1;
	event->cut = !path_add(event->text, sizeof(event->text), &event->text_size, at);
}

static inline int report(void *ctx, const struct call *call, long ret)
{
	struct event *event;
	int zero = 0, length;
	u32 size;

	if (only_failed && ret >= 0)
		return 0;
	event = scratch.lookup(&zero);
	if (!event)
		return 0;
	event_task(&event->task);
	event->ret = ret;
	event->flags = call->flags;
	length = bpf_probe_read_user_str(event->text, PATH_SIZE, call->path);
	if (length <= 0) {
		event->text[0] = 0;
		length = 1;
	}
	event->path_size = length;
	event->text_size = length;
	event->has_folders = 0;
	event->cut = 0;
	if (full_path && length > 1 && event->text[0] != '/')
		add_folders(event, call->folder);
	size = event->text_size;
	if (size <= sizeof(event->text))
		event_send(ctx, event, offsetof(struct event, text) + size);
	return 0;
}

/* The first member of openat2()'s struct open_how. */
static inline u64 flags_of_how(const void *how)
{
	u64 flags = 0;

	bpf_probe_read_user(&flags, sizeof(flags), how);
	return flags;
}

#ifdef SYSCALL_KEEPS_ARGUMENTS

static __noinline int leave(void *ctx, int folder, const char *path, u64 flags, long ret)
{
	struct call call = {.path = path, .flags = flags, .folder = folder};

	if (!flags_are_wanted(flags) || current_is_unwanted())
		return 0;
	return report(ctx, &call, ret);
}

SYSCALL_EXIT(open)
{
	struct pt_regs *regs = syscall_registers();

	return leave(ctx, PATH_CURRENT_FOLDER, (const char *)RETURN_ARGUMENT1(regs), RETURN_ARGUMENT2(regs),
		RESULT);
}

SYSCALL_EXIT(openat)
{
	struct pt_regs *regs = syscall_registers();

	return leave(ctx, RETURN_ARGUMENT1(regs), (const char *)RETURN_ARGUMENT2(regs),
		RETURN_ARGUMENT3(regs), RESULT);
}

SYSCALL_EXIT(openat2)
{
	struct pt_regs *regs = syscall_registers();

	return leave(ctx, RETURN_ARGUMENT1(regs), (const char *)RETURN_ARGUMENT2(regs),
		flags_of_how((const void *)RETURN_ARGUMENT3(regs)), RESULT);
}

#else

BPF_HASH(calls, u64, struct call);

static __noinline int enter(int folder, const char *path, u64 flags)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call call = {};

	if (!flags_are_wanted(flags) || current_is_unwanted())
		return 0;
	call.path = path;
	call.flags = flags;
	call.folder = folder;
	if (calls.update(&id, &call))
		event_missed();
	return 0;
}

static __noinline int leave(void *ctx, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);

	if (!call)
		return 0;
	report(ctx, call, ret);
	calls.delete(&id);
	return 0;
}

SYSCALL_ENTER(open)
{
	return enter(PATH_CURRENT_FOLDER, (const char *)ARGUMENT(0), ARGUMENT(1));
}

SYSCALL_EXIT(open)
{
	return leave(ctx, RESULT);
}

SYSCALL_ENTER(openat)
{
	return enter(ARGUMENT(0), (const char *)ARGUMENT(1), ARGUMENT(2));
}

SYSCALL_EXIT(openat)
{
	return leave(ctx, RESULT);
}

SYSCALL_ENTER(openat2)
{
	return enter(ARGUMENT(0), (const char *)ARGUMENT(1), flags_of_how((const void *)ARGUMENT(2)));
}

SYSCALL_EXIT(openat2)
{
	return leave(ctx, RESULT);
}

#endif
