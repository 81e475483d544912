/* SPDX-License-Identifier: Apache-2.0 */
/* 0=1 1=18446744073709551615 2=16 3=3 4=5000000000 5=24 */
/* Headers that come with the compiler, and what the C library's have of them. */
#include <linux/bpf.h>
#include <float.h>
#include <inttypes.h>
#include <iso646.h>
#include <limits.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <pthread.h>
#include <sys/cdefs.h>
#include <bpf/bpf_helpers.h>
#include "out.h"

struct aligned {
	alignas(16) char first;
};

atomic_int count;

static const char format[] = "%" PRIu64;

SEC("syscall")
int run(void *ctx)
{
	atomic_fetch_add(&count, 3);
	put(0, INT32_MAX == INT_MAX and not(INT8_MIN != -128) and UINT8_MAX == 255 and SIZE_MAX == ULONG_MAX);
	put(1, UINT64_MAX);
	put(2, alignof(struct aligned));
	put(3, atomic_load_explicit(&count, memory_order_relaxed));
	put(4, INT64_C(5000000000));
	put(5, FLT_MANT_DIG + (sizeof(format) != 4));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
