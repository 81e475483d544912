/* SPDX-License-Identifier: Apache-2.0 */
/* 0=42 1=1 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

/* As texts have them that are older than the helpers' declarations: a function, and another pointer. */
static __always_inline int bpf_xdp_load_bytes(int number)
{
	return number + 2;
}

static __u64 (*bpf_ktime_get_ns)(void) = (void *)14; /* the number of bpf_get_current_pid_tgid() */

SEC("syscall")
int run(void *ctx)
{
	put(0, bpf_xdp_load_bytes(40));
	put(1, bpf_ktime_get_ns() >> 32 == own_process);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
