/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=17 2=64 Linux 6.5 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("xdp")
int packet(struct xdp_md *ctx)
{
	struct bpf_dynptr pointer;
	u8 room[4], *protocol;

	put(0, bpf_dynptr_from_xdp((void *)ctx, 0, &pointer));
	protocol = bpf_dynptr_slice(&pointer, 23, room, sizeof(room));
	if (protocol)
		put(1, *protocol);
	put(2, bpf_dynptr_size(&pointer));
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
