/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long requests to a disk take, as the kernel itself has noted when they began.
 *
 *   FROM_ALLOCATION  since the memory of a request was asked for, which not all kernels note
 */
#include "biolatpcts.h"
#include "missed.bpf.h"

#include <linux/blk-mq.h>
#include <linux/blk_types.h>
#include <linux/blkdev.h>
#include <linux/version.h>

const volatile u32 only_disk;
const volatile bool with_queue; /* since the request was made, not since the device got it */

BPF_HASH(slots, struct slot, u64, 16384);
BPF_HASH(kinds, u64, u64, 4);

static inline struct gendisk *disk_of(struct request *rq)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	return rq->q->disk;
#else
	return rq->rq_disk;
#endif
}

static inline u64 begin_of(struct request *rq)
{
#ifdef FROM_ALLOCATION
	return rq->alloc_time_ns;
#else
	return with_queue ? rq->start_time_ns : rq->io_start_time_ns;
#endif
}

static inline int kind_of(struct request *rq)
{
	switch (rq->cmd_flags & 0xff) {
	case REQ_OP_READ:
		return KIND_READ;
	case REQ_OP_WRITE:
		return KIND_WRITE;
	case REQ_OP_DISCARD:
		return KIND_DISCARD;
	case REQ_OP_FLUSH:
		return KIND_FLUSH;
	default:
		return -1;
	}
}

/* (struct request *rq, blk_status_t or int error, unsigned int bytes): some may be left to be done */
RAW_TRACEPOINT_PROBE(block_rq_complete)
{
	struct request *rq = (struct request *)ctx->args[0];
	u64 now = bpf_ktime_get_ns(), begin = begin_of(rq), zero = 0, *count;
	struct gendisk *disk = disk_of(rq);
	int kind = kind_of(rq);
	struct slot slot = {};

	/* what the device did not get has no time: the flush that the kernel makes one of its own of */
	if (!begin || begin > now || kind < 0 || rq->__data_len > (u32)ctx->args[2])
		return 0;
	if (!disk || ((u32)disk->major << 20 | (u32)disk->first_minor) != only_disk)
		return 0;
	slot.kind = kind;
	slot.slot = slot_of(now - begin, bpf_log2l(now - begin) - 1);
	count = slots.lookup(&slot);
	if (!count) {
		/* another CPU may have been quicker */
		slots.insert(&slot, &zero);
		count = slots.lookup(&slot);
	}
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		event_missed();
	return 0;
}
