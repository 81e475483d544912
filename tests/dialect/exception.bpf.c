/* SPDX-License-Identifier: Apache-2.0 */
/* 0=5 Linux 6.7 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

extern void bpf_throw(u64 cookie) __ksym;

SEC("tc")
int packet(struct __sk_buff *ctx)
{
	put(0, 5);
	if (ctx->len > 10)
		bpf_throw(3);
	put(0, 6);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
