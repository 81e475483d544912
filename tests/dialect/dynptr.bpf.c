/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=123 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct value {
	char bytes[32];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct value);
} storage SEC(".maps");

SEC("syscall")
int run(void *ctx)
{
	struct bpf_dynptr pointer;
	u64 in = 123, back = 0;
	u32 zero = 0;
	struct value *value = bpf_map_lookup_elem(&storage, &zero);

	if (!value)
		return 0;

	put(0, bpf_dynptr_from_mem(value->bytes, sizeof(storage), 0, &pointer));
	bpf_dynptr_write(&pointer, 8, &in, sizeof(in), 0);
	bpf_dynptr_read(&back, sizeof(back), &pointer, 8, 0);
	put(1, back);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
