/* SPDX-License-Identifier: Apache-2.0 */
/* 0=5 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

int callee(void *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(u32));
	__array(values, int(void *));
} calls SEC(".maps") = {
	.values = {[1] = (void *)&callee},
};

SEC("raw_tp/sys_enter")
int callee(void *ctx)
{
	if (OWN)
		put(0, 5);
	return 0;
}

SEC("raw_tp/sys_enter")
int caller(void *ctx)
{
	bpf_tail_call(ctx, &calls, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
