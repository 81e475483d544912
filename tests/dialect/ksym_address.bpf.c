/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 1=0 2=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

extern const void schedule __ksym __weak;
extern const void of_a_kernel_to_come __ksym __weak;

SEC("syscall")
int run(void *ctx)
{
	put(0, (u64)&schedule > 1);
	put(1, (u64)&of_a_kernel_to_come);
	put(2, !!&schedule);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
