/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

SEC("ksyscall/getpgid")
int BPF_KSYSCALL(enter, int pid)
{
	if (OWN)
		put(0, pid);
	return 0;
}

SEC("ksyscall/openat")
int BPF_KSYSCALL(opens, int dfd, const char *path, int flags)
{
	if (OWN)
		put(1, flags + dfd);
	return 0;
}

SEC("kretsyscall/openat")
int BPF_KRETPROBE(opened, int fd)
{
	if (OWN)
		put(2, fd);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
