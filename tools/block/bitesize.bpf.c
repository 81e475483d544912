/* SPDX-License-Identifier: Apache-2.0 */
/* How large requests to block devices are, by the name of the thread that submitted them. */
#define HIST_SECTION_TYPE struct section
#include "bitesize.h"
#include "block.bpf.h"
#include "hist.bpf.h"

static inline void block_done(void *ctx, const struct block_request *request, u64 now)
{
	struct hist_key key = {};

	__builtin_memcpy(key.section.comm, request->task.comm, sizeof(key.section.comm));
	key.slot = bpf_log2l(request->bytes / 1024);
	hist_add(&key);
}
