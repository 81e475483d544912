/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4660 1=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "out.h"

SEC("ksyscall/getpgid")
int BPF_KSYSCALL(enter, int pid)
{
	if (OWN)
		put(0, pid);
	return 0;
}

SEC("kretsyscall/getpgid")
int BPF_KRETPROBE(leave, long ret)
{
	if (OWN)
		put(1, ret == -3);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
