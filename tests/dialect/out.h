/* SPDX-License-Identifier: Apache-2.0 */
/* Where the programs of this folder leave the values that the test compares. */
#ifndef TESTS_DIALECT_OUT_H
#define TESTS_DIALECT_OUT_H

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, u32);
	__type(value, u64);
} out SEC(".maps");

const volatile int own_process = 0;

#define OWN (bpf_get_current_pid_tgid() >> 32 == own_process)

static __always_inline void put(u32 slot, u64 value)
{
	bpf_map_update_elem(&out, &slot, &value, BPF_ANY);
}

#endif
