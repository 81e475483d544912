/* SPDX-License-Identifier: Apache-2.0 */
/* 0=4660 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "out.h"

SEC("kprobe/find_task_by_vpid")
int BPF_KPROBE(enter, int number)
{
	if (OWN && number == 4660)
		put(0, number);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
