/* SPDX-License-Identifier: Apache-2.0 */
/* 0=100 Linux 6.9 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

/* as the kernel's bpf_experimental.h has it */
#define cond_break_here                                                                                      \
	({                                                                                                   \
		__label__ l_break, l_continue;                                                               \
		asm volatile goto("may_goto %l[l_break]" :: ::l_break);                                      \
		goto l_continue;                                                                             \
	l_break:                                                                                             \
		break;                                                                                       \
	l_continue:;                                                                                         \
	})

SEC("syscall")
int run(void *ctx)
{
	u64 count = 0;

	for (;;) {
		cond_break_here;
		if (++count >= 100)
			break;
	}
	put(0, count);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
