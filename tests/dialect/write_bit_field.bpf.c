/* SPDX-License-Identifier: Apache-2.0 */
/* 0=10 1=1 2=0 3=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

struct tcphdr header;

SEC("syscall")
int run(void *ctx)
{
	struct tcphdr *h = &header;

	/* what is next to a field stays as it is, and what the field cannot hold is cut off */
	BPF_CORE_WRITE_BITFIELD(h, doff, 5);
	BPF_CORE_WRITE_BITFIELD(h, syn, 1);
	BPF_CORE_WRITE_BITFIELD(h, ack, 1);
	BPF_CORE_WRITE_BITFIELD(h, doff, 16 + 10);
	BPF_CORE_WRITE_BITFIELD(h, ack, 0);
	__bpf_vprintk("%d", 1);
	__bpf_printk("%d", 1);
	put(0, h->doff);
	put(1, h->syn);
	put(2, h->ack);
	put(3, h->res1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
