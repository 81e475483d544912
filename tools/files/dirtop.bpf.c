/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes of files below directories. A file counts for the topmost of them. */
#include "dirtop.h"
#include "file_bytes.bpf.h"
#include "loop.bpf.h"
#include "path.bpf.h"

#include <linux/fs_struct.h>

#define FILE_KIND 0170000 /* S_IFMT */
#define REGULAR_FILE 0100000
#define DEPTH 64 /* of directories and mount points, from the file upwards */

const volatile struct dirtop_folders folders;

BPF_HASH(counts, u64, struct file_bytes, 64);

static inline bool operation_is_wanted(struct file *file)
{
	return (file->f_inode->i_mode & FILE_KIND) == REGULAR_FILE;
}

/* Which of the folders it is; -1: none. */
static __noinline int folder_of(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	u64 number = inode->i_ino, device = inode->i_sb->s_dev;

	for (u32 i = 0; i < DIRTOP_FOLDERS; i++) {
		if (i >= folders.count)
			break;
		if (folders.folders[i].inode == number && folders.folders[i].device == device)
			return i;
	}
	return -1;
}

struct topmost_walk {
	struct path at;
	s64 found;
};

static long topmost_step(u64 number, void *ctx)
{
	struct topmost_walk *walk = ctx;
	int folder = folder_of(walk->at.dentry);

	if (folder >= 0)
		walk->found = folder;
	return path_go_up(&walk->at) == PATH_AT_TOP;
}

static __noinline int topmost_of(struct file *file)
{
	struct topmost_walk walk = {.at = file->f_path, .found = -1};

	LOOP(DEPTH, topmost_step, &walk);
	return walk.found;
}

static inline struct file_bytes *bytes_of(struct file *file)
{
	struct file_bytes *bytes, none = {};
	int found = topmost_of(file);
	u64 key = found;

	if (found < 0)
		return 0;
	bytes = counts.lookup(&key);
	if (bytes)
		return bytes;
	/* another CPU may have been quicker */
	counts.insert(&key, &none);
	return counts.lookup(&key);
}
