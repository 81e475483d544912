/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that delete and rename files and directories: recorded on entry, reported on return if they have
 * worked. The paths are read on return, when the kernel has just read them too.
 */
#include "event.bpf.h"
#include "filegone.h"
#include "filter.bpf.h"
#include "path.bpf.h"
#include "syscall.bpf.h"

const volatile bool full_path; /* with the directory that a relative path starts from */

struct call {
	const char *paths[2];
	s32 folders[2];
};

BPF_HASH(calls, u64, struct call);
BPF_PERCPU_ARRAY(scratch, struct event, 1);

static __attribute__((noinline)) int enter(s32 folder, u64 path, s32 new_folder, u64 new_path)
{
	struct call call = {
		.paths = {(const char *)path, (const char *)new_path}, .folders = {folder, new_folder}};
	u64 id = bpf_get_current_pid_tgid();

	if (!current_is_unwanted() && calls.update(&id, &call))
		event_missed();
	return 0;
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

static __attribute__((noinline)) int leave(void *ctx, u32 action, long ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&id);
	struct event *event;
	int zero = 0;
	u32 size;

	if (!call)
		return 0;
	event = scratch.lookup(&zero);
	if (!ret && event) {
		event_task(&event->task);
		event->action = action;
		event->size = 0;
		add_path(event, &event->paths[0], sizeof(event->text) / 2, call->paths[0], call->folders[0]);
		if (action == RENAMED)
			add_path(event, &event->paths[1], sizeof(event->text), call->paths[1],
				call->folders[1]);
		size = event->size;
		if (size <= sizeof(event->text))
			event_send(ctx, event, offsetof(struct event, text) + size);
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
