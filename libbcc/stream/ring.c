/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BPF_RINGBUF_OUTPUT: one buffer for all CPUs. The layout is described in the kernel's
 * Documentation/bpf/ringbuf.rst and linux/bpf.h: a page with the consumer's position, one with the
 * producer's, and the data mapped twice in a row, so that each record is contiguous and need not be copied.
 *
 * The kernel wakes the reader when a record is committed right at the consumer's position, which for a reader
 * that keeps up would be every record. So the last record read is only given back when there is nothing more
 * to read.
 */
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The part of the buffer that may stay unreturned: producers must have nearly all of it. */
#define KEPT_PART 16
#define LAST_PART 64

struct ring_stream {
	struct bcc_stream base;
	uint64_t read;	       /* position after the last record read */
	uint64_t last, pushed; /* position of that record; position told to the kernel */
	uint64_t *consumer;    /* mapped; NULL: not */
	const uint64_t *producer;
	const char *data;
	size_t page_size, size;
};

static void give_back(struct ring_stream *r, uint64_t position)
{
	if (position <= r->pushed)
		return;
	__atomic_store_n(r->consumer, position, __ATOMIC_RELEASE);
	r->pushed = position;
}

/* The record at r->read, which is then advanced; returns its size, or -EAGAIN while its program is still
 * writing it. */
static int64_t next_record(struct ring_stream *r, const void **data)
{
	const uint32_t *header = (const void *)(r->data + (r->read & (r->size - 1)));
	uint32_t length = __atomic_load_n(header, __ATOMIC_ACQUIRE);
	uint32_t size = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

	if (length & BPF_RINGBUF_BUSY_BIT)
		return -EAGAIN;
	r->last = r->read;
	r->read += (size + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
	*data = length & BPF_RINGBUF_DISCARD_BIT ? NULL : (const char *)header + BPF_RINGBUF_HDR_SZ;
	return size;
}

static int ring_consume(struct bcc_stream *s, bool all, bool *stop)
{
	struct ring_stream *r = (struct ring_stream *)s;
	uint64_t end = r->read + r->size, there = r->read;
	int events = 0, ret = 0;

	while (!ret && r->read < end) {
		const void *data;
		int64_t size;

		if (r->read >= there) {
			there = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
			if (r->read >= there)
				break;
		}
		size = next_record(r, &data);
		if (size < 0)
			break;
		if (data) {
			events++;
			ret = s->fn(s->ctx, -1, data, size);
		}
		if (r->read - r->pushed >= r->size / KEPT_PART)
			give_back(r, r->read);
	}
	give_back(r, ret || r->read - r->last > r->size / LAST_PART ? r->read : r->last);
	*stop = ret;
	return ret ? ret : events;
}

static void ring_settle(struct bcc_stream *s)
{
	struct ring_stream *r = (struct ring_stream *)s;

	give_back(r, r->read);
}

static void ring_close(struct bcc_stream *s)
{
	struct ring_stream *r = (struct ring_stream *)s;

	bcc_stream_unwatch(s->table->owner, s->table->fd);
	if (r->consumer) {
		if (bcc_streams_own(s->table->owner))
			ring_settle(s);
		munmap(r->consumer, r->page_size);
	}
	if (r->producer)
		munmap((void *)r->producer, r->page_size + 2 * r->size);
	free(r);
}

static int map_ring(struct ring_stream *r)
{
	struct bcc_table *t = r->base.table;
	void *page;

	r->page_size = sysconf(_SC_PAGESIZE);
	r->size = t->max_entries;
	page = mmap(NULL, r->page_size, PROT_READ | PROT_WRITE, MAP_SHARED, t->fd, 0);
	if (page != MAP_FAILED) {
		r->consumer = page;
		page = mmap(NULL, r->page_size + 2 * r->size, PROT_READ, MAP_SHARED, t->fd, r->page_size);
	}
	if (page == MAP_FAILED)
		return bcc_fail(&t->owner->err, -errno, "ring buffer \"%s\" cannot be opened: %s", t->name,
			strerror(errno));
	r->producer = page;
	r->data = (const char *)page + r->page_size;
	r->read = r->last = r->pushed = __atomic_load_n(r->consumer, __ATOMIC_ACQUIRE);
	return 0;
}

int bcc_open_ring(struct bcc *b, const char *table, bcc_event_fn fn, void *ctx)
{
	static const struct bcc_stream_ops ops = {
		.consume = ring_consume, .settle = ring_settle, .close = ring_close};
	struct ring_stream *r;
	struct bcc_table *t;
	int ret;

	if (!b)
		return -EINVAL;
	t = bcc_stream_table(b, table, BPF_MAP_TYPE_RINGBUF, "ring buffer (BPF_RINGBUF_OUTPUT)", fn);
	if (!t)
		return b->err.code;
	r = calloc(1, sizeof(*r));
	if (!r)
		return bcc_fail(&b->err, -ENOMEM, "out of memory for ring buffer \"%s\"", table);
	r->base = (struct bcc_stream){.ops = &ops, .table = t, .fn = fn, .ctx = ctx};
	ret = map_ring(r);
	if (!ret)
		ret = bcc_stream_watch(b, t->fd, NULL);
	if (!ret)
		ret = bcc_stream_add(b, &r->base);
	if (ret)
		ring_close(&r->base);
	return ret;
}
