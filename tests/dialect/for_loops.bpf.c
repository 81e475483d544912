/* SPDX-License-Identifier: Apache-2.0 */
/* 0=55 1=5 2=6 Linux 6.4 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 0, times = 0, values = 0;
	int i, *value;

	bpf_for(i, 0, 11) sum += i;
	bpf_repeat(5) times++;
	bpf_for_each(num, value, 0, 4) values += *value;
	put(0, sum);
	put(1, times);
	put(2, values);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
