/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

u64 opened = 0, made = 0;
u32 mode = 0;

SEC("lsm/file_open")
int BPF_PROG(opens, struct file *file, int ret)
{
	if (OWN) {
		opened++;
		mode |= file->f_mode;
	}
	return ret;
}

SEC("lsm/path_mkdir")
int BPF_PROG(makes, const struct path *dir, struct dentry *dentry, umode_t wanted, int ret)
{
	if (OWN)
		made += wanted;
	return ret;
}

char LICENSE[] SEC("license") = "GPL";
