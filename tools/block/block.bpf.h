/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to block devices, from submission to completion, each counted once: what was merged into another
 * request is part of that one, and what was split are several. The text defines block_done().
 *
 *   BLOCK_STACKS      requests have the stacks with which they were submitted
 *   BLOCK_SEQUENTIAL  find out whether requests follow one another on the disk
 *
 * Linux 6.5 and newer have a tracepoint where a request begins. Before that, there is one where memory for a
 * request is asked for, which knows the bio and who submits it, and others where a request is passed on,
 * which know its first bio.
 *
 * A request is done at block_rq_complete. At block_io_done its submitter may already have been woken, and
 * have submitted the next one.
 */
#include "block.h"
#include "filter.bpf.h"
#include "missed.bpf.h"
#ifdef BLOCK_STACKS
#include "stacks.bpf.h"
#endif

#include <linux/blk-mq.h>
#include <linux/blk_types.h>
#include <linux/blkdev.h>
#include <linux/version.h>

const volatile u32 only_disk; /* a disk or a partition; 0: all */
const volatile bool by_bio;   /* there is no tracepoint where a request begins */

u64 ends_missed; /* of requests whose memory is another one's by now */

/* by the address of the kernel's struct request */
BPF_HASH(block_requests, u64, struct block_request, 65536);

/* Called for each request that has ended, unless a filter refuses it. */
static inline void block_done(void *ctx, const struct block_request *request, u64 now);

/* The request or bio among the arguments of block_rq_insert, _issue, _merge and block_getrq. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define BLOCK_ARGUMENT(ctx) ((ctx)->args[0])
#else
#define BLOCK_ARGUMENT(ctx) ((ctx)->args[1])
#endif

static inline u32 block_disk(struct request *rq)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	struct gendisk *disk = rq->q->disk;
#else
	struct gendisk *disk = rq->rq_disk;
#endif

	/* commands that are no reads or writes may go to what is no disk */
	return disk ? (u32)disk->major << 20 | (u32)disk->first_minor : 0;
}

static __noinline bool block_is_other_disk(struct request *rq)
{
	if (!only_disk || block_disk(rq) == only_disk)
		return false;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	struct block_device *part = rq->part;

	return !part || part->bd_dev != only_disk;
#else
	return true;
#endif
}

static inline u32 block_flags(struct request *rq)
{
	u64 flags = rq->cmd_flags;
	u32 ours = flags & BLOCK_OPERATION;

#define BLOCK_FLAG(name)                                                                                     \
	if (flags & 1ULL << __REQ_##name)                                                                    \
	ours |= BLOCK_##name
	BLOCK_FLAG(SYNC);
	BLOCK_FLAG(META);
	BLOCK_FLAG(FUA);
	BLOCK_FLAG(PRIO);
	BLOCK_FLAG(NOMERGE);
	BLOCK_FLAG(IDLE);
	BLOCK_FLAG(RAHEAD);
	BLOCK_FLAG(BACKGROUND);
	BLOCK_FLAG(NOWAIT);
	return ours;
}

/* A flush is a write of nothing. */
static inline bool block_is_flush(struct request *rq)
{
	return (rq->cmd_flags & BLOCK_OPERATION) == BLOCK_WRITE && !rq->__data_len;
}

/* What may still change until the device gets it. */
static __noinline void block_describe(struct request *rq, struct block_request *request)
{
	request->sector = rq->__sector;
	request->bytes = rq->__data_len;
	request->flags = block_flags(rq);
	/* of which the kernel makes a flush of its own for the device */
	if (block_is_flush(rq))
		request->flags = (request->flags & ~BLOCK_OPERATION) | BLOCK_FLUSH;
	if ((request->flags & BLOCK_OPERATION) == BLOCK_FLUSH)
		request->sector = BLOCK_NO_SECTOR;
}

/* The current task. */
static inline void block_submit(void *ctx, struct block_submitter *submitter, u64 submitted)
{
	struct event_task *task = &submitter->task;
	u64 id = bpf_get_current_pid_tgid();

	task->time = submitted;
	task->pid = id >> 32;
	task->tid = id;
	task->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(task->comm, sizeof(task->comm));
#ifdef BLOCK_STACKS
	stacks_of_current(ctx, &submitter->stack);
#endif
}

static inline void block_keep(struct request *rq, struct block_request *request)
{
	u64 key = (u64)rq;

	request->device = block_disk(rq);
	block_describe(rq, request);
	if (!block_requests.insert(&key, request))
		return;
	/* the kernel runs no program during another one, and the end of the request before was such a time */
	if (block_requests.update(&key, request))
		event_missed();
	else
		__sync_fetch_and_add(&ends_missed, 1);
}

/* Several programs call it; but two frames with a request and its stacks are larger than the stack of a
 * program. */
#ifdef BLOCK_STACKS
#define BLOCK_SHARED static inline
#else
#define BLOCK_SHARED static __noinline
#endif

/* The current task has submitted it. */
BLOCK_SHARED void block_begin(void *ctx, struct request *rq, u64 submitted)
{
	struct block_request request = {};
	u64 key = (u64)rq;

	if (block_is_other_disk(rq) || current_is_unwanted()) {
		/* the memory of another one whose end was missed */
		block_requests.delete(&key);
		return;
	}
	block_submit(ctx, (struct block_submitter *)&request, submitted);
	block_keep(rq, &request);
}

#ifdef BLOCK_SEQUENTIAL
/* where the last request to a disk ended */
BPF_HASH(block_ends, u32, u64, 4096);

static inline void block_find_sequential(struct block_request *request)
{
	u64 end = request->sector + (request->bytes >> 9), *last;
	u32 device = request->device;

	if (request->sector == BLOCK_NO_SECTOR)
		return;
	last = block_ends.lookup(&device);
	request->sequential = last && *last == request->sector;
	block_ends.update(&device, &end);
}
#else
#define block_find_sequential(request)
#endif

static inline void block_issue(struct request *rq)
{
	struct block_request *request;
	u64 key = (u64)rq;

	request = block_requests.lookup(&key);
	/* a device may send it back, and get it again */
	if (!request || request->issued)
		return;
	request->issued = bpf_ktime_get_ns();
	block_describe(rq, request);
	block_find_sequential(request);
}

/* When a request was made: the kernel keeps it unless the device's statistics are off. */
static inline u64 block_submitted(struct request *rq)
{
	u64 now = bpf_ktime_get_ns(), made = rq->start_time_ns;

	return made && made <= now ? made : now;
}

/* Who submitted bios, until their requests are seen. Those of merged requests never are, and make room in the
 * end. */
BPF_TABLE("lru_hash", u64, struct block_submitter, block_bios, 16384);

/* Where nothing says that a request begins: it did when its first bio was submitted. */
BLOCK_SHARED void block_see(void *ctx, struct request *rq)
{
	u64 key = (u64)rq, bio = (u64)rq->bio, submitted = block_submitted(rq);
	struct block_request *known = block_requests.lookup(&key), request = {};
	struct block_submitter *submitter;

	/* the kernel's own, on behalf of one that is counted */
	if ((rq->cmd_flags & BLOCK_OPERATION) == BLOCK_FLUSH)
		return;
	if (known && (!rq->start_time_ns || known->task.time == submitted))
		return;
	submitter = block_bios.lookup(&bio);
	if (!submitter || block_is_other_disk(rq)) {
		block_begin(ctx, rq, submitted);
		return;
	}
	__builtin_memcpy(&request, submitter, sizeof(*submitter));
	request.task.time = submitted;
	block_bios.delete(&bio);
	block_keep(rq, &request);
}

/* ---- Linux 6.5 ---- */

RAW_TRACEPOINT_PROBE(block_io_start)
{
	block_begin(ctx, (struct request *)ctx->args[0], bpf_ktime_get_ns());
	return 0;
}

/* ---- before ---- */

RAW_TRACEPOINT_PROBE(block_getrq)
{
	u64 bio = (u64)BLOCK_ARGUMENT(ctx);
	struct block_submitter submitter = {};

	if (current_is_unwanted()) {
		/* the memory of another one */
		block_bios.delete(&bio);
		return 0;
	}
	block_submit(ctx, &submitter, bpf_ktime_get_ns());
	block_bios.update(&bio, &submitter);
	return 0;
}

RAW_TRACEPOINT_PROBE(block_rq_insert)
{
	if (by_bio)
		block_see(ctx, (struct request *)BLOCK_ARGUMENT(ctx));
	return 0;
}

/* ---- always ---- */

RAW_TRACEPOINT_PROBE(block_rq_issue)
{
	struct request *rq = (struct request *)BLOCK_ARGUMENT(ctx);

	if (by_bio)
		block_see(ctx, rq);
	block_issue(rq);
	return 0;
}

/* It is part of another request from here on. */
RAW_TRACEPOINT_PROBE(block_rq_merge)
{
	u64 key = (u64)BLOCK_ARGUMENT(ctx);

	block_requests.delete(&key);
	return 0;
}

/* (struct request *rq, blk_status_t or int error, unsigned int bytes): some may be left to be done */
RAW_TRACEPOINT_PROBE(block_rq_complete)
{
	struct request *rq = (struct request *)ctx->args[0];
	u64 key = (u64)rq, bio = (u64)rq->bio;
	struct block_request *request;

	if (rq->__data_len > (u32)ctx->args[2])
		return 0;
	/* it has not been seen: it is not passed on itself. Of others, a flush after them ends here. */
	if (by_bio && block_is_flush(rq) && block_bios.lookup(&bio))
		block_see(ctx, rq);
	request = block_requests.lookup(&key);
	if (!request)
		return 0;
	block_done(ctx, request, bpf_ktime_get_ns());
	block_requests.delete(&key);
	return 0;
}
