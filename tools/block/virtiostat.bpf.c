/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers that drivers put into the queues of virtio devices: lists of areas of memory that the device reads
 * (out) or writes (in). */
#include "virtiostat.h"
#include "entry.bpf.h"

#include <linux/scatterlist.h>
#include <linux/virtio.h>

#define MOST_AREAS 1024 /* of all lists of a request */
/* linux/scatterlist.h */
#define AREA_CHAIN 1UL
#define AREA_END 2UL

const volatile bool one_driver, one_device;
const volatile struct virtiostat_queue wanted; /* driver and device */

BPF_HASH(counts, struct virtiostat_queue, struct virtiostat_counts, 1024);

static inline bool is_same(const volatile char *a, const char *b)
{
	const volatile u64 *x = (const volatile u64 *)a;
	const u64 *y = (const u64 *)b;

	return x[0] == y[0] && x[1] == y[1];
}

static inline struct virtiostat_counts *counts_of(struct virtqueue *vq)
{
	struct virtiostat_counts none = {};
	struct virtiostat_queue queue = {};
	struct virtio_device *device = vq->vdev;

	bpf_probe_read_kernel_str(queue.driver, sizeof(queue.driver), device->dev.driver->name);
	bpf_probe_read_kernel_str(queue.device, sizeof(queue.device), device->dev.kobj.name);
	bpf_probe_read_kernel_str(queue.name, sizeof(queue.name), vq->name);
	if (one_driver && !is_same(wanted.driver, queue.driver))
		return 0;
	if (one_device && !is_same(wanted.device, queue.device))
		return 0;
	return entry_of(counts, &queue, &none);
}

/* Adds the bytes of a list, and of those from `next` to `end`; the device writes from `in` on. One loop for
 * all, without numbers that the verifier knows: it would look at each combination of them. */
static inline void add_bytes(struct virtiostat_counts *c, struct scatterlist *at, struct scatterlist **next,
	struct scatterlist **in, struct scatterlist **end)
{
	u64 out_bytes = 0, in_bytes = 0;
	struct scatterlist area;

	for (int i = 0; i < MOST_AREAS; i++) {
		if (bpf_probe_read_kernel(&area, sizeof(area), at))
			break;
		if (area.page_link & AREA_CHAIN) {
			at = (struct scatterlist *)(area.page_link & ~(AREA_CHAIN | AREA_END));
			continue;
		}
		if (next > in)
			in_bytes += area.length;
		else
			out_bytes += area.length;
		at++;
		if (!(area.page_link & AREA_END))
			continue;
		if (next >= end || bpf_probe_read_kernel(&at, sizeof(at), next))
			break;
		next++;
	}
	__sync_fetch_and_add(&c->out_bytes, out_bytes);
	__sync_fetch_and_add(&c->in_bytes, in_bytes);
}

static inline int add_lists(struct virtqueue *vq, struct scatterlist **lists, u32 out, u32 in)
{
	struct virtiostat_counts *c = counts_of(vq);
	struct scatterlist *first = 0;

	if (!c)
		return 0;
	__sync_fetch_and_add(&c->out_lists, out);
	__sync_fetch_and_add(&c->in_lists, in);
	bpf_probe_read_kernel(&first, sizeof(first), lists);
	add_bytes(c, first, lists + 1, lists + out, lists + out + in);
	return 0;
}

static inline int add_list(struct virtqueue *vq, struct scatterlist *list, bool out)
{
	struct virtiostat_counts *c = counts_of(vq);

	if (!c)
		return 0;
	__sync_fetch_and_add(out ? &c->out_lists : &c->in_lists, 1);
	add_bytes(c, list, (struct scatterlist **)1, (struct scatterlist **)(u64)out, 0);
	return 0;
}

/* Asked for instead of declared (since Linux 5.17): programs may not read a pointer to a pointer, and the
 * verifier would keep account of where in a list the loop is. */
static inline u64 argument(void *ctx, u32 number)
{
	u64 value = 0;

	bpf_get_func_arg(ctx, number, &value);
	return value;
}

KFUNC_PROBE(virtqueue_add_sgs, struct virtqueue *vq)
{
	return add_lists(vq, (struct scatterlist **)argument(ctx, 1), argument(ctx, 2), argument(ctx, 3));
}

int kprobe__virtqueue_add_sgs(struct pt_regs *ctx, struct virtqueue *vq, struct scatterlist **lists,
	unsigned int out, unsigned int in)
{
	return add_lists(vq, lists, out, in);
}

#define ONE_LIST(name, out)                                                                                  \
	KFUNC_PROBE(name, struct virtqueue *vq)                                                              \
	{                                                                                                    \
		return add_list(vq, (struct scatterlist *)argument(ctx, 1), out);                            \
	}                                                                                                    \
	int kprobe__##name(struct pt_regs *ctx, struct virtqueue *vq, struct scatterlist *list)              \
	{                                                                                                    \
		return add_list(vq, list, out);                                                              \
	}

ONE_LIST(virtqueue_add_outbuf, true)
ONE_LIST(virtqueue_add_inbuf, false)
ONE_LIST(virtqueue_add_inbuf_ctx, false)
ONE_LIST(virtqueue_add_outbuf_premapped, true)
ONE_LIST(virtqueue_add_inbuf_premapped, false)
