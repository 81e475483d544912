/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes of files below directories. A file counts for the topmost of them. */
#include "dirtop.h"
#include "file_bytes.bpf.h"

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

static __noinline int topmost_of(struct file *file)
{
	struct path at = file->f_path;
	int found = -1;

	for (int depth = 0; depth < DEPTH; depth++) {
		struct dentry *parent = 0, *top = 0;
		int folder = folder_of(at.dentry);

		if (folder >= 0)
			found = folder;
		bpf_probe_read_kernel(&parent, sizeof(parent), &at.dentry->d_parent);
		bpf_probe_read_kernel(&top, sizeof(top), &at.mnt->mnt_root);
		if (at.dentry == top || at.dentry == parent) {
			struct mount *mount = container_of(at.mnt, struct mount, mnt), *below = 0;

			bpf_probe_read_kernel(&below, sizeof(below), &mount->mnt_parent);
			if (mount == below)
				break;
			bpf_probe_read_kernel(&at.dentry, sizeof(at.dentry), &mount->mnt_mountpoint);
			at.mnt = &below->mnt;
			continue;
		}
		at.dentry = parent;
	}
	return found;
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
