/* SPDX-License-Identifier: Apache-2.0 */
/* 0=5 1=5 2=9 3=9 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

u64 number = 5, flag = 5;

SEC("syscall")
int run(void *ctx)
{
	put(0, __sync_fetch_and_add(&number, 2));
	put(1, __sync_val_compare_and_swap(&flag, 5, 9));
	put(2, flag);
	put(3, __sync_lock_test_and_set(&flag, 1));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
