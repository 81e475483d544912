/* SPDX-License-Identifier: Apache-2.0 */
/* 0=5 1=70 2=8 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

/* As in headers that are shared with the loading program: only that one uses them. */
const char *const texts[] = {"one", "two"};
const char *writable_texts[] = {"three", "four"};

const volatile int beside_constant = 5;
u64 beside_writable = 70;
static volatile u64 own_section SEC(".bss.own");

SEC("syscall")
int run(void *ctx)
{
	own_section += 8;
	put(0, beside_constant);
	put(1, beside_writable);
	put(2, own_section);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
