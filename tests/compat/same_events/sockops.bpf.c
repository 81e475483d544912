/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

struct connection {
	u32 op, remote_ip4, family, remote_port;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct connection);
	__type(value, u64);
} connections SEC(".maps");

SEC("sockops")
int handle(struct bpf_sock_ops *ops)
{
	struct connection c = {.op = ops->op,
		.remote_ip4 = ops->remote_ip4,
		.family = ops->family,
		.remote_port = ops->remote_port};
	u64 one = 1, *count = bpf_map_lookup_elem(&connections, &c);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&connections, &c, &one, BPF_ANY);
	if (ops->op == BPF_SOCK_OPS_TCP_CONNECT_CB)
		bpf_sock_ops_cb_flags_set(ops, BPF_SOCK_OPS_STATE_CB_FLAG);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
