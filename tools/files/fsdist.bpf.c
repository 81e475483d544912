/* SPDX-License-Identifier: Apache-2.0 */
/* How long it takes to do something to files of one file system. */
#include "file_system_operations.bpf.h"
#include "hist.bpf.h"

const volatile u64 unit = 1000; /* nanoseconds in a unit of the histogram */

static inline void operation_done(void *ctx, const struct operation *done, u64 end, s64 ret)
{
	struct hist_key key = {.section = done->what, .slot = bpf_log2l((end - done->begin) / unit)};

	hist_add(&key);
}
