/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=0 Linux 6.10 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct value {
	struct bpf_wq work;
	u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct value);
} works SEC(".maps");

extern int bpf_wq_set_callback_impl(struct bpf_wq *wq, int(callback)(void *map, int *key, void *value),
	unsigned int flags, void *aux) __ksym;

static int work(void *map, int *key, void *value)
{
	((struct value *)value)->count++;
	return 0;
}

SEC("syscall")
int run(void *ctx)
{
	u32 zero = 0;
	struct value *value = bpf_map_lookup_elem(&works, &zero);

	if (!value)
		return 0;
	put(0, bpf_wq_init(&value->work, &works, 0));
	put(1, bpf_wq_set_callback_impl(&value->work, work, 0, NULL));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
