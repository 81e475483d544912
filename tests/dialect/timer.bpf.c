/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=0 2=0 3=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct value {
	struct bpf_timer timer;
	u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct value);
} timers SEC(".maps");

static int fired(void *map, u32 *key, struct value *value)
{
	value->count++;
	return 0;
}

SEC("syscall")
int run(void *ctx)
{
	u32 zero = 0;
	struct value *value = bpf_map_lookup_elem(&timers, &zero);

	if (!value)
		return 0;
	put(0, bpf_timer_init(&value->timer, &timers, 1 /* CLOCK_MONOTONIC */));
	put(1, bpf_timer_set_callback(&value->timer, fired));
	put(2, bpf_timer_start(&value->timer, 1000000000000, 0));
	put(3, bpf_timer_cancel(&value->timer));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
