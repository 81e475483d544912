/* SPDX-License-Identifier: Apache-2.0 */
/* BPF_RINGBUF_OUTPUT: one buffer for all CPUs, read through libbpf. */
#include "stream.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ring_stream {
	struct bcc_stream base;
	struct ring_buffer *ring;
	bool announced;
	/* of the round that runs now */
	size_t bytes_left;
	int events, stop;
};

/* libbpf ends its round at a negative value only; this one says that we know why. */
#define END_ROUND (-ECANCELED)

static int ring_event(void *ctx, void *data, size_t size)
{
	struct ring_stream *r = ctx;

	r->events++;
	r->stop = r->base.fn(r->base.ctx, -1, data, size);
	if (r->stop || size >= r->bytes_left)
		return END_ROUND;
	r->bytes_left -= size;
	return 0;
}

static int ring_consume(struct bcc_stream *s, bool all, bool *stop)
{
	struct ring_stream *r = (struct ring_stream *)s;
	int err;

	/* The kernel keeps the descriptor readable while there is something, so a round cut short is
	 * announced again. */
	if (!all && !r->announced)
		return 0;
	r->announced = false;
	r->events = r->stop = 0;
	r->bytes_left = s->table->max_entries;
	err = ring_buffer__consume(r->ring);
	if (r->stop || (err < 0 && err != END_ROUND)) {
		*stop = true;
		return r->stop ? r->stop
			       : bcc_fail(&s->table->owner->err, err, "ring buffer \"%s\" cannot be read: %s",
					 s->table->name, strerror(-err));
	}
	return r->events;
}

static void ring_close(struct bcc_stream *s)
{
	struct ring_stream *r = (struct ring_stream *)s;

	bcc_stream_unwatch(s->table->owner, s->table->fd);
	ring_buffer__free(r->ring);
	free(r);
}

int bcc_open_ring(struct bcc *b, const char *table, bcc_event_fn fn, void *ctx)
{
	static const struct bcc_stream_ops ops = {.consume = ring_consume, .close = ring_close};
	struct ring_stream *r;
	struct bcc_table *t;
	int err = 0;

	if (!b)
		return -EINVAL;
	t = bcc_stream_table(b, table, BPF_MAP_TYPE_RINGBUF, "ring buffer (BPF_RINGBUF_OUTPUT)", fn);
	if (!t)
		return b->err.code;
	r = calloc(1, sizeof(*r));
	if (!r)
		return bcc_fail(&b->err, -ENOMEM, "no memory for ring buffer \"%s\"", table);
	r->base = (struct bcc_stream){.ops = &ops, .table = t, .fn = fn, .ctx = ctx};
	r->ring = ring_buffer__new(t->fd, ring_event, r, NULL);
	if (!r->ring)
		err = bcc_fail(
			&b->err, -errno, "ring buffer \"%s\" cannot be opened: %s", table, strerror(errno));
	if (!err)
		err = bcc_stream_watch(b, t->fd, &r->announced);
	if (!err)
		err = bcc_stream_add(b, &r->base);
	if (err)
		ring_close(&r->base);
	return err;
}
