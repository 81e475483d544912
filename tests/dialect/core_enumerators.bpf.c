/* SPDX-License-Identifier: Apache-2.0 */
/* 0=3 1=1 2=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

enum pid_type___mine { PIDTYPE_OF_A_KERNEL_TO_COME = 77 };

SEC("syscall")
int run(void *ctx)
{
	put(0, bpf_core_enum_value(enum pid_type, PIDTYPE_SID));
	put(1, bpf_core_enum_value_exists(enum pid_type, PIDTYPE_PID));
	put(2, bpf_core_enum_value_exists(enum pid_type___mine, PIDTYPE_OF_A_KERNEL_TO_COME));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
