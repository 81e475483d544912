/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, u64);
} sectors SEC(".maps");

/* Of the process that asks, without what the kernel writes back later. */
SEC("raw_tp/block_rq_issue")
int BPF_PROG(issued, struct request *rq)
{
	u64 sector = BPF_CORE_READ(rq, __sector), bytes = BPF_CORE_READ(rq, __data_len);

	if (OWN)
		bpf_map_update_elem(&sectors, &sector, &bytes, BPF_ANY);
	return 0;
}

SEC("tp/block/block_bio_queue")
int queued(struct trace_event_raw_block_bio *ctx)
{
	u64 sector = ctx->sector, count = ctx->nr_sector;

	if (OWN)
		bpf_map_update_elem(&sectors, &sector, &count, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
