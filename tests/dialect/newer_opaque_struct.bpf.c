/* SPDX-License-Identifier: Apache-2.0 */
/* 0=32 1=5 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "out.h"

/* The kernel has these from 6.10 and 6.18 on; what needs them is behind a question. */
struct element {
	u64 number;
	struct bpf_wq work;
	struct bpf_task_work later;
};

extern int bpf_wq_init(struct bpf_wq *wq, void *map, unsigned int flags) __weak __ksym;

struct element one = {.number = 5};

SEC("syscall")
int run(void *ctx)
{
	if (bpf_core_type_exists(struct bpf_wq) && !bpf_ksym_exists(bpf_wq_init))
		put(2, 1);
	put(0, sizeof(struct element));
	put(1, one.number);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
