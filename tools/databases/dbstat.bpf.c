/* SPDX-License-Identifier: Apache-2.0 */
/* Counts how long queries take. */
#include "hist.bpf.h"
#include "query.bpf.h"

const volatile u64 unit = 1000000; /* nanoseconds */

static inline void query_done(struct pt_regs *ctx, const struct query *query, u64 now)
{
	struct hist_key key = {.slot = bpf_log2l((now - query->begin) / unit)};

	hist_add(&key);
}
