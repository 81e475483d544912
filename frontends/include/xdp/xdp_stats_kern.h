/* SPDX-License-Identifier: Apache-2.0 */
/* The names of xdp-tools' header: packets and bytes for each action. */
#pragma once

#include <bpf/bpf_helpers.h>
#include "xdp_stats_kern_user.h"

#ifndef XDP_STATS_MAP_PINNING
#define XDP_STATS_MAP_PINNING LIBBPF_PIN_NONE
#endif

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XDP_ACTION_MAX);
	__type(key, __u32);
	__type(value, struct datarec);
	__uint(pinning, XDP_STATS_MAP_PINNING);
} xdp_stats_map SEC(".maps");

static __always_inline __u32 xdp_stats_record_action(struct xdp_md *ctx, __u32 action)
{
	struct datarec *record;

	if (action >= XDP_ACTION_MAX)
		return XDP_ABORTED;
	record = bpf_map_lookup_elem(&xdp_stats_map, &action);
	if (!record)
		return XDP_ABORTED;
	record->rx_packets++;
	record->rx_bytes += ctx->data_end - ctx->data;
	return action;
}
