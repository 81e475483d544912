/* SPDX-License-Identifier: Apache-2.0 */
/* How many requests to each disk begin where the one before ended. */
#define BLOCK_SEQUENTIAL
#include "biopattern.h"
#include "block.bpf.h"

BPF_HASH(disks, struct disk_key, struct disk_counts, 4096);

static inline void block_done(void *ctx, const struct block_request *request, u64 now)
{
	struct disk_key key = {.device = request->device};
	struct disk_counts *counts = disks.lookup(&key);

	/* a flush is at no place */
	if (request->sector == BLOCK_NO_SECTOR)
		return;
	if (!counts) {
		struct disk_counts none = {};

		/* another CPU may have been quicker */
		disks.insert(&key, &none);
		counts = disks.lookup(&key);
	}
	if (!counts) {
		event_missed();
		return;
	}
	__sync_fetch_and_add(&counts->bytes, request->bytes);
	if (request->sequential)
		__sync_fetch_and_add(&counts->sequential, 1);
	__sync_fetch_and_add(&counts->count, 1);
}
