/* SPDX-License-Identifier: Apache-2.0 */
/* How many requests to block devices each process submits, of how many bytes, and how long they take. */
#include "biotop.h"
#include "block.bpf.h"

/* Processes end: the table forgets those that have been quiet for long. */
BPF_TABLE("lru_hash", struct user, struct used, users, 65536);

static inline void block_done(void *ctx, const struct block_request *request, u64 now)
{
	struct user user = {
		.pid = request->task.pid,
		.device = request->device,
		.operation = request->flags & BLOCK_OPERATION,
	};
	struct used *used;

	__builtin_memcpy(user.comm, request->task.comm, sizeof(user.comm));
	used = users.lookup(&user);
	if (!used) {
		struct used none = {};

		/* another CPU may have been quicker */
		users.insert(&user, &none);
		used = users.lookup(&user);
	}
	if (!used) {
		event_missed();
		return;
	}
	__sync_fetch_and_add(&used->count, 1);
	__sync_fetch_and_add(&used->bytes, request->bytes);
	__sync_fetch_and_add(&used->time, now - request->task.time);
}
