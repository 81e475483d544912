/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(u32));
} events SEC(".maps");

SEC("raw_tp/sys_enter")
int output(void *ctx)
{
	u64 id = bpf_get_current_pid_tgid();

	if (!OWN)
		return 0;
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &id, sizeof(id));
	put(0, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
