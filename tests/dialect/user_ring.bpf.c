/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

static long got(struct bpf_dynptr *record, void *ctx)
{
	return 0;
}

SEC("syscall")
int run(void *ctx)
{
	put(0, bpf_user_ringbuf_drain(&ring, got, NULL, 0));
	put(1, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
