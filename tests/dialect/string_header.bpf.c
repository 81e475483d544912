/* SPDX-License-Identifier: Apache-2.0 */
/* 0=98 1=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <string.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	char from[4] = "abc", to[4];

	memcpy(to, from, sizeof(to));
	put(0, to[1]);
	memset(to, 0, sizeof(to));
	put(1, to[1]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
