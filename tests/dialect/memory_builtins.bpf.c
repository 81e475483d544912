/* SPDX-License-Identifier: Apache-2.0 */
/* 0=97 1=0 2=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	char a[8] = "abcdefg", b[8];

	__builtin_memcpy(b, a, sizeof(b));
	put(0, b[0]);
	__builtin_memset(a, 0, sizeof(a));
	put(1, a[3]);
	put(2, __builtin_memcmp(a, b, sizeof(a)) != 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
