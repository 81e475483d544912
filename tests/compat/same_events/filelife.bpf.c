/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct event {
	u32 size;
	char name[32];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

static int note(struct dentry *dentry, u32 size)
{
	struct event *e;
	struct qstr q;

	if (!OWN)
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e)
		return 0;
	__builtin_memset(e, 0, sizeof(*e));
	e->size = size;
	q = BPF_CORE_READ(dentry, d_name);
	bpf_probe_read_kernel_str(e->name, sizeof(e->name), q.name);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("kprobe/vfs_unlink")
int BPF_KPROBE(unlinked, void *first, struct inode *dir, struct dentry *dentry)
{
	return note(dentry, BPF_CORE_READ(dentry, d_inode, i_size));
}

SEC("kprobe/vfs_open")
int BPF_KPROBE(opened, const struct path *path, struct file *file)
{
	return note(BPF_CORE_READ(path, dentry), BPF_CORE_READ(file, f_flags));
}

SEC("kretprobe/vfs_open")
int BPF_KRETPROBE(is_open, int result)
{
	if (OWN)
		put(0, result + 100);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
