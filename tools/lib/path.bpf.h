/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path of a file: the names from it up to the root as the process sees it, across mount points. They are
 * appended to a text innermost first, each with its NUL; path.h puts them together.
 *
 *   PATH_DEPTH  how many steps are made: names and mount points
 */
#include "file.bpf.h"
#include "loop.bpf.h"

#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/sched.h>

#define PATH_CURRENT_FOLDER -100 /* AT_FDCWD */
#define PATH_PART_SIZE 256	 /* NAME_MAX and its NUL */
#ifndef PATH_DEPTH
#define PATH_DEPTH 64
#endif

/* `room`: the size of the text, a constant. `size`: volatile, because a number that is read back is the same
 * in each round to the verifier, so that it need not follow all combinations of rounds. */
static inline bool path_add_name(char *text, u32 room, volatile u32 *size, const unsigned char *name)
{
	u32 used = *size;
	int length;

	if (used > room - PATH_PART_SIZE)
		return false;
	length = bpf_probe_read_kernel_str(&text[used], PATH_PART_SIZE, name);
	if (length > 0)
		*size = used + length;
	return true;
}

/* Whether a mount is in the tree of a namespace. Not those of the kernel itself, such as that of a layer of
 * an overlay or that of pipes, and those that have been unmounted while files of them are open. */
static inline bool path_is_mounted(struct mount *mount)
{
	struct mnt_namespace *ns = 0;

	bpf_probe_read_kernel(&ns, sizeof(ns), &mount->mnt_ns);
	return ns && (u64)ns < (u64)-4095;
}

enum path_way { PATH_INTO_FOLDER, PATH_INTO_MOUNT_POINT, PATH_AT_TOP };

/* To the folder that it is in; from the top of a mount, to where that is mounted.
 *
 * Reads are calls: where the compiler may choose among ways to read, the verifier follows each of them. */
static inline enum path_way path_go_up(struct path *at)
{
	struct dentry *parent = 0, *top = 0;
	struct mount *mount, *below = 0;

	bpf_probe_read_kernel(&parent, sizeof(parent), &at->dentry->d_parent);
	bpf_probe_read_kernel(&top, sizeof(top), &at->mnt->mnt_root);
	if (at->dentry != top && at->dentry != parent) {
		at->dentry = parent;
		return PATH_INTO_FOLDER;
	}
	mount = container_of(at->mnt, struct mount, mnt);
	bpf_probe_read_kernel(&below, sizeof(below), &mount->mnt_parent);
	if (mount == below)
		return PATH_AT_TOP;
	bpf_probe_read_kernel(&at->dentry, sizeof(at->dentry), &mount->mnt_mountpoint);
	at->mnt = &below->mnt;
	return PATH_INTO_MOUNT_POINT;
}

struct path_walk {
	struct path at, root;
	char *text;
	u64 room, size;
	u64 whole;
};

/* One step of the way to the root. Returns true at its end. */
static long path_step(u64 number, void *ctx)
{
	struct path_walk *walk = ctx;
	struct dentry *dentry = walk->at.dentry;
	const unsigned char *name = 0;
	u32 size = walk->size;
	int length;

	if (dentry == walk->root.dentry && walk->at.mnt == walk->root.mnt) {
		walk->whole = true;
		return true;
	}
	switch (path_go_up(&walk->at)) {
	case PATH_AT_TOP:
		walk->whole = path_is_mounted(container_of(walk->at.mnt, struct mount, mnt));
		return true;
	case PATH_INTO_MOUNT_POINT:
		return false;
	case PATH_INTO_FOLDER:
		break;
	}
	bpf_probe_read_kernel(&name, sizeof(name), &dentry->d_name.name);
	if (size > walk->room - PATH_PART_SIZE)
		return true;
	length = bpf_probe_read_kernel_str(&walk->text[size], PATH_PART_SIZE, name);
	if (length > 0)
		walk->size = size + length;
	return false;
}

/* Returns whether the path is whole: there was room for all of its names, and it leads to the root. */
static __noinline bool path_add(char *text, u32 room, volatile u32 *size, struct path at)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct path_walk walk = {.at = at, .root = task->fs->root, .text = text, .room = room, .size = *size};

	LOOP(PATH_DEPTH, path_step, &walk);
	*size = walk.size;
	return walk.whole;
}

/* The directory that relative paths of a call start from: a descriptor, or AT_FDCWD. Returns false if it is
 * neither. */
static inline bool path_of_folder(s32 folder, struct path *at)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file;

	if (folder == PATH_CURRENT_FOLDER) {
		*at = task->fs->pwd;
		return true;
	}
	file = file_of(folder);
	if (!file)
		return false;
	*at = file->f_path;
	return true;
}
