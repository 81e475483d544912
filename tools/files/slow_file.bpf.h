/* SPDX-License-Identifier: Apache-2.0 */
/* Reports the operations of file_operations.bpf.h that take long. */
#include "event.bpf.h"
#include "file_operations.bpf.h"
#include "path.bpf.h"
#include "slow_file.h"

const volatile u64 least_delay = 10000000;
const volatile bool full_path;

BPF_PERCPU_ARRAY(scratch, struct event, 1);

static inline void operation_done(void *ctx, const struct operation *done, u64 end, s64 ret)
{
	struct event *event;
	u32 zero = 0, size;

	if (end - done->begin < least_delay)
		return;
	event = scratch.lookup(&zero);
	if (!event)
		return;
	event_task(&event->task);
	event->delay = end - done->begin;
	event->offset = done->offset;
	event->ret = done->what == OPERATION_OPEN && ret > 0 ? 0 : ret;
	event->what = done->what;
	event->size = event->cut = 0;
	event->inode = done->dentry->d_inode->i_ino;
	bpf_probe_read_kernel_str(event->type, sizeof(event->type), done->dentry->d_sb->s_type->name);
	if (full_path && done->file)
		event->cut = !path_add(event->names, sizeof(event->names), &event->size, done->file->f_path);
	if (!event->size) {
		event->cut = full_path;
		path_add_name(event->names, sizeof(event->names), &event->size, done->dentry->d_name.name);
	}
	size = event->size;
	if (size <= sizeof(event->names))
		event_send(ctx, event, offsetof(struct event, names) + size);
}
