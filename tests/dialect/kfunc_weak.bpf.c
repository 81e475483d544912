/* SPDX-License-Identifier: Apache-2.0 */
/* 0=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

extern int of_a_kernel_to_come(int n) __ksym __weak;

SEC("syscall")
int run(void *ctx)
{
	put(0, bpf_ksym_exists(of_a_kernel_to_come));
	if (bpf_ksym_exists(of_a_kernel_to_come))
		of_a_kernel_to_come(1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
