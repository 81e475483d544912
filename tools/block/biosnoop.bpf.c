/* SPDX-License-Identifier: Apache-2.0 */
/* Each request to a block device, when it is done. */
#define BLOCK_SEQUENTIAL
#include "biosnoop.h"
#include "block.bpf.h"
#include "event.bpf.h"

const volatile u64 least_delay; /* nanoseconds */

static inline void block_done(void *ctx, const struct block_request *request, u64 now)
{
	struct event event = {.time = now};

	if (now - request->task.time < least_delay)
		return;
	__builtin_memcpy(&event.request, request, sizeof(event.request));
	event_send(ctx, &event, sizeof(event));
}
