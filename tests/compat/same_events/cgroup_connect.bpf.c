/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

u32 addresses[8] = {};
u32 ports = 0, connects = 0, sends = 0, sockets = 0;

SEC("cgroup/connect4")
int connects4(struct bpf_sock_addr *ctx)
{
	addresses[connects & 7] = ctx->user_ip4;
	ports += bpf_ntohs(ctx->user_port);
	connects++;
	return 1;
}

SEC("cgroup/sendmsg4")
int sends4(struct bpf_sock_addr *ctx)
{
	sends += bpf_ntohs(ctx->user_port);
	return 1;
}

SEC("cgroup/sock_create")
int creates(struct bpf_sock *ctx)
{
	sockets += ctx->type;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
