/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 1=0 Linux 6.5 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

SEC("syscall")
int run(void *ctx)
{
	struct bpf_cpumask *mask = bpf_cpumask_create();

	if (!mask)
		return 0;
	bpf_cpumask_set_cpu(0, mask);
	put(0, bpf_cpumask_test_cpu(0, (const struct cpumask *)mask));
	put(1, bpf_cpumask_first((const struct cpumask *)mask));
	bpf_cpumask_release(mask);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
