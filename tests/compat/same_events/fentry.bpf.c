/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

u64 made = 0, deleted = 0, read_bytes = 0;
char name[32] = {};

SEC("fentry/vfs_fsync_range")
int BPF_PROG(syncs, struct file *file, loff_t start, loff_t end, int datasync)
{
	if (!OWN)
		return 0;
	made += file->f_inode->i_size;
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return 0;
}

SEC("fexit/vfs_read")
int BPF_PROG(reads, struct file *file, char *buf, size_t count, loff_t *pos, ssize_t result)
{
	if (OWN && result > 0)
		read_bytes += result;
	return 0;
}

SEC("fexit/do_unlinkat")
int BPF_PROG(unlinks, int dfd, struct filename *path, long result)
{
	if (OWN)
		deleted += 1 - result;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
