/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 1=0 2=1 3=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

extern int LINUX_KERNEL_VERSION __kconfig;
extern bool LINUX_HAS_BPF_COOKIE __kconfig;
extern enum libbpf_tristate CONFIG_BPF_SYSCALL __kconfig;
extern bool CONFIG_BPF __kconfig;
extern u64 CONFIG_OF_A_KERNEL_TO_COME __kconfig __weak;

SEC("syscall")
int run(void *ctx)
{
	put(0, CONFIG_BPF_SYSCALL == TRI_YES && CONFIG_BPF);
	put(1, CONFIG_OF_A_KERNEL_TO_COME);
	put(2, LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 4, 0));
	put(3, !LINUX_HAS_BPF_COOKIE || LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 15, 0));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
