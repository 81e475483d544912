/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each open(), openat() and openat2(): recorded on entry, reported on return. The path is read on return,
 * when the kernel has just read it too and its page is certainly in memory.
 *
 *   HAVE_OPEN HAVE_OPENAT2  the system has these calls
 *   ONLY_FAILED             report only calls that returned an error
 *   FLAGS_ANY=MASK          report only calls with any of these flags
 *   READ_ONLY               also, or only, those that open for reading only (O_RDONLY is not a bit)
 *   FULL_PATH               report the directory that a relative path starts from
 */
#include <linux/sched.h>
#include <linux/fs.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>

#define PART_SIZE 256 /* NAME_MAX and its NUL */
#define MAX_DEPTH 64
#define CURRENT_FOLDER -100 /* AT_FDCWD */
#define ACCESS_MODE 3	    /* O_ACCMODE */

struct call {
	const char *path;
	u64 flags;
	int folder;
};

BPF_HASH(calls, u64, struct call);
BPF_PERCPU_ARRAY(scratch, struct event, 1);
BPF_PERF_OUTPUT(events);

static inline int enter(int folder, const char *path, u64 flags)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call call = {};

	if (current_is_unwanted())
		return 0;
#if defined(FLAGS_ANY) && defined(READ_ONLY)
	if (!(flags & (FLAGS_ANY)) && (flags & ACCESS_MODE))
		return 0;
#elif defined(FLAGS_ANY)
	if (!(flags & (FLAGS_ANY)))
		return 0;
#elif defined(READ_ONLY)
	if (flags & ACCESS_MODE)
		return 0;
#endif
	call.path = path;
	call.flags = flags;
	call.folder = folder;
	calls.update(&id, &call);
	return 0;
}

#ifdef FULL_PATH
static inline void add_name(struct event *event, const unsigned char *name)
{
	/* volatile: to the verifier, a number that is read back is the same in each round of the loop below,
	 * so that it need not follow all combinations of rounds */
	volatile u32 *size = &event->text_size;
	u32 used = *size;
	int length;

	if (used > sizeof(event->text) - PART_SIZE)
		return;
	length = bpf_probe_read_kernel_str(&event->text[used], PART_SIZE, name);
	if (length > 0)
		*size = used + length;
}

/* Appends the names from the directory up to the root as seen by the process, across mount points. */
static inline void add_folders(struct event *event, int folder)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct path root = task->fs->root;
	struct path at = task->fs->pwd;

	if (folder != CURRENT_FOLDER) {
		struct fdtable *table = task->files->fdt;
		struct file *file;

		if ((u32)folder >= table->max_fds)
			return;
		file = table->fd[folder];
		if (!file)
			return;
		at = file->f_path;
	}
	event->has_folders = 1;
	for (int depth = 0; depth < MAX_DEPTH; depth++) {
		struct dentry *parent = at.dentry->d_parent;

		if (at.dentry == root.dentry && at.mnt == root.mnt)
			break;
		if (at.dentry == at.mnt->mnt_root || at.dentry == parent) {
			struct mount *mount = container_of(at.mnt, struct mount, mnt);

			if (mount->mnt_parent == mount)
				break;
			at.dentry = mount->mnt_mountpoint;
			at.mnt = &mount->mnt_parent->mnt;
			continue;
		}
		add_name(event, at.dentry->d_name.name);
		at.dentry = parent;
	}
}
#endif

static inline int leave(void *ctx, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct event *event;
	int zero = 0, length;
	u32 size;

	if (!call)
		return 0;
	event = scratch.lookup(&zero);
#ifdef ONLY_FAILED
	if (ret >= 0)
		event = 0;
#endif
	if (!event) {
		calls.delete(&id);
		return 0;
	}
	event->time = bpf_ktime_get_ns();
	event->id = id;
	event->uid = bpf_get_current_uid_gid();
	event->ret = ret;
	event->flags = call->flags;
	bpf_get_current_comm(&event->comm, sizeof(event->comm));
	length = bpf_probe_read_user_str(event->text, PATH_SIZE, call->path);
	if (length <= 0) {
		event->text[0] = 0;
		length = 1;
	}
	event->path_size = length;
	event->text_size = length;
	event->has_folders = 0;
#ifdef FULL_PATH
	if (length > 1 && event->text[0] != '/')
		add_folders(event, call->folder);
#endif
	calls.delete(&id);
	size = event->text_size;
	if (size <= sizeof(event->text))
		events.perf_submit(ctx, event, offsetof(struct event, text) + size);
	return 0;
}

#ifdef HAVE_OPEN
TRACEPOINT_PROBE(syscalls, sys_enter_open)
{
	return enter(CURRENT_FOLDER, args->filename, args->flags);
}

TRACEPOINT_PROBE(syscalls, sys_exit_open)
{
	return leave(args, args->ret);
}
#endif

TRACEPOINT_PROBE(syscalls, sys_enter_openat)
{
	return enter(args->dfd, args->filename, args->flags);
}

TRACEPOINT_PROBE(syscalls, sys_exit_openat)
{
	return leave(args, args->ret);
}

#ifdef HAVE_OPENAT2
TRACEPOINT_PROBE(syscalls, sys_enter_openat2)
{
	u64 flags = 0;

	/* the first member of struct open_how */
	bpf_probe_read_user(&flags, sizeof(flags), args->how);
	return enter(args->dfd, args->filename, flags);
}

TRACEPOINT_PROBE(syscalls, sys_exit_openat2)
{
	return leave(args, args->ret);
}
#endif
