/* SPDX-License-Identifier: Apache-2.0 */
/* How long work waits in work queues of the kernel until it is begun. */
#include "wqlat.h"

#define HIST_SECTION_TYPE struct wqlat_queue
#include "begun.bpf.h"
#include "hist.bpf.h"

#include <linux/workqueue.h>

const volatile bool by_queue, one_queue;
const volatile struct wqlat_queue wanted;
const volatile u64 unit = 1000; /* nanoseconds */

struct queued {
	u64 since;
	struct wqlat_queue queue;
};
/* work that is cancelled stays here until its place is needed */
BEGUN_TABLE(u64, struct queued, queued, 65536);

static inline bool is_wanted(const struct wqlat_queue *queue)
{
	const volatile u64 *a = (const volatile u64 *)wanted.name;
	const u64 *b = (const u64 *)queue->name;

	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

/* Of (request CPU, pool, work). */
RAW_TRACEPOINT_PROBE(workqueue_queue_work)
{
	struct pool_workqueue *pool = (struct pool_workqueue *)ctx->args[1];
	struct queued entry = {.since = bpf_ktime_get_ns()};
	u64 work = ctx->args[2];

	if (by_queue || one_queue)
		bpf_probe_read_kernel_str(entry.queue.name, sizeof(entry.queue.name), pool->wq->name);
	if (one_queue && !is_wanted(&entry.queue))
		return 0;
	begun_put(queued, &work, &entry);
	return 0;
}

RAW_TRACEPOINT_PROBE(workqueue_execute_start)
{
	u64 work = ctx->args[0];
	struct queued *entry = queued.lookup(&work);
	struct hist_key key = {};

	if (!entry)
		return 0;
	if (by_queue)
		key.section = entry->queue;
	key.slot = bpf_log2l((bpf_ktime_get_ns() - entry->since) / unit);
	begun_take(queued, &work);
	hist_add(&key);
	return 0;
}
