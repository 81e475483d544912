/* SPDX-License-Identifier: Apache-2.0 */
/* 0=24 1=0 2=12 Linux 6.5 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

/* A vmlinux.h of Linux 6.10 and later declares the functions of the kernel that programs call. */
u8 bytes[24];

SEC("syscall")
int run(void *ctx)
{
	struct bpf_dynptr part;

	if (bpf_dynptr_from_mem(bytes, sizeof(bytes), 0, &part))
		return 1;
	bpf_rcu_read_lock();
	put(0, bpf_dynptr_size(&part));
	bpf_rcu_read_unlock();
	put(1, bpf_dynptr_is_null(&part));
	if (bpf_ksym_exists(bpf_dynptr_adjust))
		bpf_dynptr_adjust(&part, 8, 20);
	put(2, bpf_dynptr_size(&part));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
