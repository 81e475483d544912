/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are created, and deleted later. An open() has created its file if that says so. Deletions are
 * seen in vfs_unlink(), with the file; or in system calls, with a path, which filelife.c compares with those
 * of files that were created.
 */
#define FILEGONE_SEES_ALL_RENAMES true
#include "filegone.bpf.c"

#include "begun.bpf.h"

#include <linux/version.h>

#define MODE_CREATED 0x100000 /* FMODE_CREATED */

const volatile bool by_path;

/* ---- with the file ---- */

struct birth_key {
	u64 inode;
	u64 device;
};

struct removal_key {
	u64 task;
	struct dentry *dentry; /* file systems that are stacked call it once more */
};

struct removal {
	struct birth_key file;
	u64 birth;
	u64 last; /* of the file's names */
};

/* when files were created; those that were created longest ago are forgotten */
BEGUN_TABLE(struct birth_key, u64, births, 65536);
BPF_HASH(removals, struct removal_key, struct removal, 10240);

static inline void key_of(struct birth_key *key, struct inode *inode)
{
	key->inode = inode->i_ino;
	key->device = inode->i_sb->s_dev;
}

/* The argument of vfs_unlink() that is the file, and how many there are. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
#define UNLINK_DENTRY 2
#define UNLINK_RESULT 4
#else
#define UNLINK_DENTRY 1
#define UNLINK_RESULT 3
#endif

SEC("fentry") int kfunc__vfs_unlink(u64 *ctx)
{
	struct dentry *dentry = (struct dentry *)ctx[UNLINK_DENTRY];
	struct removal_key key = {.task = bpf_get_current_pid_tgid(), .dentry = dentry};
	struct removal removal = {};
	u64 *birth;

	if (current_is_unwanted())
		return 0;
	key_of(&removal.file, dentry->d_inode);
	birth = births.lookup(&removal.file);
	if (!birth)
		return 0;
	removal.birth = *birth;
	removal.last = dentry->d_inode->i_nlink == 1;
	if (removals.update(&key, &removal))
		event_missed();
	return 0;
}

/* The directories of a file up to the root of its file system. */
static inline void add_parents(struct event *event, struct dentry *dentry)
{
	volatile u32 *size = &event->size;

	for (int depth = 0; depth < PATH_DEPTH; depth++) {
		struct dentry *parent = 0, *above = 0;
		const unsigned char *name = 0;

		bpf_probe_read_kernel(&parent, sizeof(parent), &dentry->d_parent);
		bpf_probe_read_kernel(&above, sizeof(above), &parent->d_parent);
		if (parent == above)
			return;
		bpf_probe_read_kernel(&name, sizeof(name), &parent->d_name.name);
		if (!path_add_name(event->text, sizeof(event->text), size, name))
			return;
		dentry = parent;
	}
}

SEC("fexit") int kretfunc__vfs_unlink(u64 *ctx)
{
	struct dentry *dentry = (struct dentry *)ctx[UNLINK_DENTRY];
	struct removal_key key = {.task = bpf_get_current_pid_tgid(), .dentry = dentry};
	struct removal *removal = removals.lookup(&key);
	struct event *event;
	u32 zero = 0;

	if (!removal)
		return 0;
	event = scratch.lookup(&zero);
	if (event && !(int)ctx[UNLINK_RESULT]) {
		struct event_path *path = &event->paths[0];

		begin_event(event, DELETED);
		event->birth = removal->birth;
		path_add_name(event->text, sizeof(event->text), &event->size, dentry->d_name.name);
		path->size = event->size;
		path->folders = path->has_folders = path->cut = 0;
		if (full_path) {
			add_parents(event, dentry);
			path->folders = event->size - path->size;
			path->has_folders = path->cut = 1;
		}
		send_event(ctx, event);
	}
	if (removal->last && !(int)ctx[UNLINK_RESULT])
		begun_take(births, &removal->file);
	removals.delete(&key);
	return 0;
}

/* ---- creation ---- */

static inline void send_creation(void *ctx, struct file *file)
{
	struct event_path *path;
	struct event *event;
	u32 zero = 0;

	event = scratch.lookup(&zero);
	if (!event)
		return;
	path = &event->paths[0];
	begin_event(event, CREATED);
	event->text[0] = 0;
	event->size = 1;
	path->size = 1;
	path->has_folders = 0;
	path->cut = !path_add(event->text, sizeof(event->text), &event->size, file->f_path);
	path->folders = event->size - 1;
	send_event(ctx, event);
}

static __noinline int opened(void *ctx, s32 fd)
{
	struct file *file = file_of(fd);
	struct birth_key key = {};
	u64 now = bpf_ktime_get_ns();

	if (!file || !(file->f_mode & MODE_CREATED))
		return 0;
	if (by_path) {
		send_creation(ctx, file);
		return 0;
	}
	key_of(&key, file->f_inode);
	begun_put(births, &key, &now);
	return 0;
}

#define CALL_OPEN(name)                                                                                      \
	SYSCALL_EXIT(name)                                                                                   \
	{                                                                                                    \
		return opened(ctx, RESULT);                                                                  \
	}

CALL_OPEN(creat)
CALL_OPEN(open)
CALL_OPEN(openat)
CALL_OPEN(openat2)
