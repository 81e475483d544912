/* SPDX-License-Identifier: Apache-2.0 */
/* 0=8 1=55 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	char text[16];

	put(0, BPF_SNPRINTF(text, sizeof(text), "%d-%s-%x", 7, "ab", 0xff));
	put(1, text[0]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
