/* SPDX-License-Identifier: Apache-2.0 */
/* 0=3 Linux 6.11 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	bpf_preempt_disable();
	put(0, 3);
	bpf_preempt_enable();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
