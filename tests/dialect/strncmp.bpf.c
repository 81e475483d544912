/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 1=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	char comm[16] = "worker/3";

	put(0, bpf_strncmp(comm, 6, "worker"));
	put(1, bpf_strncmp(comm, 7, "worker1") != 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
