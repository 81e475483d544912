/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes by thread and file. The table forgets files that have not been used for long. */
#include "file_bytes.bpf.h"
#include "filetop.h"

#define FILE_KIND 0170000 /* S_IFMT */
#define REGULAR_FILE 0100000

const volatile bool all_files; /* sockets, pipes and so on too, if they have a name */
const volatile u64 only_inode; /* of the directory that files are in; 0: any */
const volatile u32 only_device;

BPF_TABLE("lru_hash", struct filetop_key, struct filetop_value, files, 16384);
BPF_PERCPU_ARRAY(scratch, struct filetop_value, 1);

static inline bool operation_is_wanted(struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	struct inode *folder;

	if (!all_files && (file->f_inode->i_mode & FILE_KIND) != REGULAR_FILE)
		return false;
	if (!dentry->d_name.len)
		return false;
	if (!only_inode)
		return true;
	folder = dentry->d_parent->d_inode;
	return folder->i_ino == only_inode && folder->i_sb->s_dev == only_device;
}

static inline struct file_bytes *bytes_of(struct file *file)
{
	struct filetop_key key = {};
	struct filetop_value *value, *first;
	u64 id = bpf_get_current_pid_tgid();
	u32 zero = 0;

	key.inode = file->f_inode->i_ino;
	key.device = file->f_inode->i_sb->s_dev;
	key.tid = id;
	value = files.lookup(&key);
	if (value)
		return &value->bytes;
	first = scratch.lookup(&zero);
	if (!first)
		return 0;
	first->pid = id >> 32;
	first->mode = file->f_inode->i_mode;
	bpf_get_current_comm(first->comm, sizeof(first->comm));
	bpf_probe_read_kernel_str(first->name, sizeof(first->name), file->f_path.dentry->d_name.name);
	/* another CPU may have been quicker */
	files.insert(&key, first);
	value = files.lookup(&key);
	if (!value) {
		event_missed();
		return 0;
	}
	return &value->bytes;
}
