/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"
#include <bpf/usdt.bpf.h>

SEC("usdt//proc/self/exe:same_events:fired")
int BPF_USDT(fired, int first, long second)
{
	if (!OWN)
		return 0;
	put(first & 3, second);
	put(4 + (first & 3), first);
	put(8, bpf_usdt_arg_cnt(ctx));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
