/* SPDX-License-Identifier: Apache-2.0 */
/* 0=10 1=0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "out.h"

static __always_inline u64 log2(u32 v)
{
	u32 shift, r;

	r = (v > 0xFFFF) << 4;
	v >>= r;
	shift = (v > 0xFF) << 3;
	v >>= shift;
	r |= shift;
	shift = (v > 0xF) << 2;
	v >>= shift;
	r |= shift;
	shift = (v > 0x3) << 1;
	v >>= shift;
	r |= shift;
	return r | (v >> 1);
}

static __always_inline u64 log2l(u64 v)
{
	u32 high = v >> 32;

	return high ? log2(high) + 32 : log2(v);
}

SEC("syscall")
int run(void *ctx)
{
	put(0, log2l(1024));
	put(1, log2l(1));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
