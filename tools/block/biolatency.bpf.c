/* SPDX-License-Identifier: Apache-2.0 */
/* How long requests to block devices take. */
#define HIST_SECTION_TYPE struct section
#define HIST_SUM
#include "biolatency.h"
#include "block.bpf.h"
#include "hist.bpf.h"

const volatile bool from_submission, by_disk, by_flags, with_sum;
const volatile u64 unit = 1000; /* nanoseconds in a unit of the histogram */

static inline void block_done(void *ctx, const struct block_request *request, u64 now)
{
	/* of a flush that no device got, there is nothing else */
	u64 begin = from_submission || !request->issued ? request->task.time : request->issued;
	struct hist_key key = {};

	if (by_disk)
		key.section.device = request->device;
	if (by_flags)
		key.section.flags = request->flags;
	key.slot = bpf_log2l((now - begin) / unit);
	hist_add(&key);
	if (with_sum)
		hist_sum_add(now - begin);
}
