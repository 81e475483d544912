/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

/* less than a page, and no power of two: the loader rounds it up */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 100);
} events SEC(".maps");

SEC("raw_tp/sys_enter")
int output(void *ctx)
{
	u64 record = 1;

	if (!OWN)
		return 0;
	put(0, bpf_ringbuf_output(&events, &record, sizeof(record), BPF_RB_NO_WAKEUP));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
