/* SPDX-License-Identifier: Apache-2.0 */
/* 0=3 1=40 2=500 3=6000 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

u64 ones;
const volatile u32 tens[2] = {10, 40};
struct {
	struct {
		u64 value;
	} inner;
} hundreds = {.inner = {.value = 500}};
u64 in_section SEC(".data.more") = 6000;

SEC("syscall")
int run(void *ctx)
{
	ones += 3;
	put(0, ones);
	put(1, tens[1]);
	put(2, hundreds.inner.value);
	put(3, in_section);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
