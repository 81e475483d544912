/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

char seen[64] = {};

SEC("uprobe//proc/self/exe:same_events_target")
int BPF_KPROBE(enter, int number, const char *text)
{
	if (!OWN)
		return 0;
	put(number, number * 10);
	bpf_probe_read_user_str(seen, sizeof(seen), text);
	return 0;
}

SEC("uretprobe//proc/self/exe:same_events_target")
int BPF_KRETPROBE(leave, long result)
{
	if (OWN)
		put(8 + ((u64)result & 7), result);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
