/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 1=2 2=7 3=30 4=1516 */
/* Names of its own that headers of the kernel's, not those for user space, have as macros. */
#include <linux/bpf.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <bpf/bpf_helpers.h>
#include "out.h"

enum operation { READ = 1, WRITE };

static __always_inline int min(int a, int b)
{
	return a + b;
}

struct limits {
	int max, NSEC_PER_SEC;
};

SEC("syscall")
int run(void *ctx)
{
	struct limits limits = {.max = 10, .NSEC_PER_SEC = 20};

	put(0, READ);
	put(1, WRITE);
	put(2, min(3, 4));
	put(3, limits.max + limits.NSEC_PER_SEC);
	put(4, S_ISDIR(S_IFDIR) + TASK_COMM_LEN - 1 + 1500);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
