/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	bpf_printk("nothing");
	bpf_printk("%d", 1);
	bpf_printk("%d %s %u", 1, "two", 3);
	bpf_printk("%d %d %d %d", 1, 2, 3, 4);
	put(0, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
