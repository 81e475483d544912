/* SPDX-License-Identifier: Apache-2.0 */
/* 0=99 1=111 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

static const int squares[] = {0, 1, 4, 18, 16, 25, 36, 49, 64, 81};
static const struct {
	char text[8];
} names[] = {{"one"}, {"two"}};

SEC("syscall")
int run(void *ctx)
{
	put(0, squares[3] + squares[9]);
	put(1, names[1].text[2]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
