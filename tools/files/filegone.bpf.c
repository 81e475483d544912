/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that delete and rename files and directories: recorded on entry, reported on return if they have
 * worked. The paths are read on return, when the kernel has just read them too.
 */
#include "event.bpf.h"
#include "file_gone.h"
#include "filter.bpf.h"
#include "path.bpf.h"
#include "syscall.bpf.h"

/* filelife has to know what anybody has renamed. */
#ifndef FILEGONE_SEES_ALL_RENAMES
#define FILEGONE_SEES_ALL_RENAMES false
#endif

const volatile bool full_path; /* with the directory that a relative path starts from */

struct call {
	const char *paths[2];
	s32 folders[2];
};

BPF_HASH(calls, u64, struct call);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

static __noinline int enter(s32 folder, u64 path, s32 new_folder, u64 new_path)
{
	struct call call = {
		.paths = {(const char *)path, (const char *)new_path}, .folders = {folder, new_folder}};
	u64 id = bpf_get_current_pid_tgid();

	if (!(FILEGONE_SEES_ALL_RENAMES && new_path) && current_is_unwanted())
		return 0;
	if (calls.update(&id, &call))
		event_missed();
	return 0;
}

/* An event of the current task, without paths. */
static inline void begin_event(struct event *event, u32 action)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	event_task(&event->task);
	event->birth = 0;
	event->mount_namespace = task->nsproxy->mnt_ns->ns.inum;
	event->action = action;
	event->size = 0;
}

static inline void send_event(void *ctx, struct event *event)
{
	u32 size = event->size;

	if (size <= sizeof(event->text))
		event_send(ctx, event, offsetof(struct event, text) + size);
}

/* `room`: where the text of the path ends at the latest. */
static inline void add_path(
	struct event *event, struct event_path *path, u32 room, const char *string, s32 folder)
{
	/* volatile: see path.bpf.h */
	volatile u32 *size = &event->size;
	u32 used = *size, begin;
	struct path at;
	int length;

	path->size = path->folders = path->has_folders = path->cut = 0;
	if (used > room - PATH_SIZE)
		return;
	length = bpf_probe_read_user_str(&event->text[used], PATH_SIZE, string);
	if (length <= 0) {
		event->text[used] = 0;
		length = 1;
	}
	path->size = length;
	begin = used + length;
	*size = begin;
	if (!full_path || length == 1 || event->text[used] == '/' || !path_of_folder(folder, &at))
		return;
	path->has_folders = 1;
	path->cut = !path_add(event->text, room, size, at);
	path->folders = *size - begin;
}

static __noinline int leave(void *ctx, u32 action, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct event *event;
	int zero = 0;

	if (!call)
		return 0;
	event = scratch.lookup(&zero);
	if (!ret && event) {
		begin_event(event, action);
		add_path(event, &event->paths[0], sizeof(event->text) / 2, call->paths[0], call->folders[0]);
		if (action == RENAMED)
			add_path(event, &event->paths[1], sizeof(event->text), call->paths[1],
				call->folders[1]);
		send_event(ctx, event);
	}
	calls.delete(&id);
	return 0;
}

#define CALL(name, action, folder, path, new_folder, new_path)                                               \
	SYSCALL_ENTER(name)                                                                                  \
	{                                                                                                    \
		return enter(folder, path, new_folder, new_path);                                            \
	}                                                                                                    \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return leave(ctx, action, RESULT);                                                           \
	}

#define CURRENT PATH_CURRENT_FOLDER

CALL(unlink, DELETED, CURRENT, ARGUMENT(0), CURRENT, 0)
CALL(unlinkat, DELETED, ARGUMENT(0), ARGUMENT(1), CURRENT, 0)
CALL(rmdir, DELETED, CURRENT, ARGUMENT(0), CURRENT, 0)
CALL(rename, RENAMED, CURRENT, ARGUMENT(0), CURRENT, ARGUMENT(1))
CALL(renameat, RENAMED, ARGUMENT(0), ARGUMENT(1), ARGUMENT(2), ARGUMENT(3))
CALL(renameat2, RENAMED, ARGUMENT(0), ARGUMENT(1), ARGUMENT(2), ARGUMENT(3))
