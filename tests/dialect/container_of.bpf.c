/* SPDX-License-Identifier: Apache-2.0 */
/* 0=8 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

struct inner {
	u64 value;
};

struct outer {
	u64 before;
	struct inner inner;
};

SEC("syscall")
int run(void *ctx)
{
	struct outer outer = {.before = 1, .inner = {2}};
	struct inner *inner = &outer.inner;

	barrier_var(inner);
	put(0, offsetof(struct outer, inner) * container_of(inner, struct outer, inner)->before);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
