/* SPDX-License-Identifier: Apache-2.0 */
/* BPF_PERF_OUTPUT: a perf event with a mapped buffer on each CPU. */
#include "common/options.h"
#include "losses.h"
#include "perf_records.h"
#include "stream.h"

#include "common/cleanup.h"
#include "common/cpu_list.h"
#include "libbcc/attach/attach.h"
#include "libbcc/kernel/permission.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#define DEFAULT_PAGES 8

struct cpu_buffer {
	int cpu, fd;
	bool announced; /* by epoll */
	struct bcc_perf_ring ring;
	struct bcc_losses losses;
};

struct perf_stream {
	struct bcc_stream base;
	bcc_lost_fn lost;
	unsigned wakeup_events;
	size_t page_size, data_size; /* of one CPU's buffer */
	size_t next;		     /* CPU buffer to start with */
	size_t buffer_count;
	struct cpu_buffer *buffers;
	struct bcc_perf_record record;
};

/* ---- read ---- */

/* Whether there are as many records as it takes to wake the reader. The kernel announces this only once, and
 * whoever else polls the descriptor (an outer epoll does) may have received it instead of us. */
static bool enough_unread(
	const struct perf_stream *p, const struct cpu_buffer *c, uint64_t tail, uint64_t head)
{
	for (unsigned n = 0; tail < head && n < p->wakeup_events; n++) {
		uint16_t size = bcc_perf_header_at(&c->ring, tail)->size;

		if (n + 1 == p->wakeup_events)
			return true;
		if (!size)
			break;
		tail += size;
	}
	return false;
}

static void perf_lose(struct perf_stream *p, struct cpu_buffer *c, uint64_t total)
{
	uint64_t more = bcc_losses_tell(&c->losses, total);

	if (more && p->lost)
		p->lost(p->base.ctx, c->cpu, more);
}

/* Passes the record to the callback; returns what the callback did. */
static int stream_perf_deliver(struct perf_stream *p, struct cpu_buffer *c, int *events)
{
	const struct bcc_perf_record *record = &p->record;

	if (record->type == PERF_RECORD_SAMPLE) {
		++*events;
		return p->base.fn(p->base.ctx, c->cpu, record->data, record->size);
	}
	if (record->type == PERF_RECORD_LOST) {
		bcc_losses_record(&c->losses, record->lost);
		perf_lose(p, c, c->losses.recorded);
	}
	return 0;
}

static int consume_cpu(struct perf_stream *p, struct cpu_buffer *c, bool all, int *events)
{
	uint64_t head = __atomic_load_n(&c->ring.page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = c->ring.page->data_tail;
	int stop = 0;

	if (!all && !c->announced && !enough_unread(p, c, tail, head))
		return 0;
	c->announced = false;
	while (!stop && tail < head) {
		tail = bcc_perf_take(&c->ring, tail, head, &p->record);
		stop = stream_perf_deliver(p, c, events);
	}
	return stop;
}

static int perf_consume(struct bcc_stream *s, bool all, bool *stop)
{
	struct perf_stream *p = (struct perf_stream *)s;
	int events = 0;

	for (size_t i = 0; i < p->buffer_count; i++) {
		size_t at = (p->next + i) % p->buffer_count;
		int ret = consume_cpu(p, &p->buffers[at], all, &events);

		if (ret) {
			p->next = at + 1;
			*stop = true;
			return ret;
		}
	}
	return events;
}

static void perf_tell_losses(struct bcc_stream *s)
{
	struct perf_stream *p = (struct perf_stream *)s;

	for (size_t i = 0; p->lost && i < p->buffer_count; i++)
		perf_lose(p, &p->buffers[i], bcc_losses_total(&p->buffers[i].losses, p->buffers[i].fd));
}

uint64_t bcc_perf_losses(const struct bcc_stream *s, bool *exact)
{
	const struct perf_stream *p = (const struct perf_stream *)s;
	uint64_t total = 0;

	for (size_t i = 0; i < p->buffer_count; i++) {
		total += bcc_losses_total(&p->buffers[i].losses, p->buffers[i].fd);
		*exact &= p->buffers[i].losses.counted;
	}
	return total;
}

/* ---- open ---- */

static void perf_close(struct bcc_stream *s)
{
	struct perf_stream *p = (struct perf_stream *)s;
	bool own = bcc_streams_own(s->table->owner);

	for (size_t i = 0; i < p->buffer_count; i++) {
		struct cpu_buffer *c = &p->buffers[i];

		bcc_stream_unwatch(s->table->owner, c->fd);
		/* the table holds a reference to the event too */
		if (own)
			bpf_map_delete_elem(s->table->fd, &c->cpu);
		bcc_perf_ring_unmap(&c->ring);
		close(c->fd);
	}
	free(p->buffers);
	free(p);
}

static int map_buffer(struct perf_stream *p, struct cpu_buffer *c)
{
	struct bcc *b = p->base.table->owner;
	int ret;

	c->ring = (struct bcc_perf_ring){.page_size = p->page_size, .data_size = p->data_size};
	ret = bcc_perf_ring_map(&c->ring, c->fd);
	if (ret == -EPERM || ret == -ENOMEM)
		return bcc_fail(&b->err, -ENOMEM,
			"%zu bytes for each CPU's buffer of \"%s\" cannot be locked in memory: use fewer pages, or raise "
			"RLIMIT_MEMLOCK or kernel.perf_event_mlock_kb",
			p->data_size, p->base.table->name);
	if (ret < 0)
		return bcc_fail(&b->err, ret, "a buffer of \"%s\" cannot be mapped: %s", p->base.table->name,
			strerror(-ret));
	return 0;
}

static int open_cpu(struct perf_stream *p, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = p->wakeup_events,
	};
	struct bcc_table *t = p->base.table;
	struct bcc *b = t->owner;
	struct bcc_losses losses = {};
	struct cpu_buffer *c;
	int ret, fd;

	if ((uint32_t)cpu >= t->max_entries)
		return bcc_fail(&b->err, -EINVAL, "table \"%s\" has %u entries, which is too few for CPU %d",
			t->name, t->max_entries, cpu);
	fd = bcc_losses_open(&losses, &attr, cpu);
	if (fd == -ENODEV)
		return 0; /* it went offline since it was listed */
	if (fd == -EPERM || fd == -EACCES)
		return bcc_fail_permission(
			&b->err, "no permission to open the buffer of \"%s\" on CPU %d", t->name, cpu);
	if (fd < 0)
		return bcc_fail(&b->err, fd, "the buffer of \"%s\" on CPU %d cannot be opened: %s", t->name,
			cpu, strerror(-fd));
	c = &p->buffers[p->buffer_count++];
	*c = (struct cpu_buffer){.cpu = cpu, .fd = fd, .losses = losses};
	ret = map_buffer(p, c);
	if (!ret)
		ret = bcc_stream_watch(b, fd, &c->announced);
	if (ret)
		return ret;
	ret = bpf_map_update_elem(t->fd, &cpu, &fd, 0);
	if (ret)
		return bcc_fail(&b->err, ret, "the buffer of CPU %d cannot be put into table \"%s\": %s", cpu,
			t->name, strerror(-ret));
	if (ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return bcc_fail(&b->err, -errno, "the buffer of \"%s\" on CPU %d cannot be enabled: %s",
			t->name, cpu, strerror(errno));
	return 0;
}

struct perf_opening {
	struct perf_stream *p;
	size_t room; /* of p->buffers */
};

static int open_listed_cpu(void *ctx, int cpu)
{
	const struct perf_opening *o = ctx;

	return o->p->buffer_count < o->room ? open_cpu(o->p, cpu) : 0;
}

static int open_online_cpus(struct perf_stream *p)
{
	struct perf_opening o = {.p = p, .room = bcc_cpus_end("possible")};

	p->buffers = calloc(o.room, sizeof(*p->buffers));
	if (!p->buffers)
		return bcc_fail(&p->base.table->owner->err, -ENOMEM,
			"out of memory for the buffers of \"%s\"", p->base.table->name);
	return bcc_cpus_each("online", open_listed_cpu, &o);
}

int bcc_open_perf(
	struct bcc *b, const char *table, bcc_event_fn fn, void *ctx, const struct bcc_perf_opts *opts)
{
	static const struct bcc_stream_ops ops = {
		.consume = perf_consume,
		.tell_losses = perf_tell_losses,
		.close = perf_close,
		.announces = true,
	};
	struct bcc_perf_opts o;
	struct perf_stream *p;
	struct bcc_table *t;
	int ret;

	if (!b)
		return -EINVAL;
	ret = bcc_opts(&b->err, &o, sizeof(o), opts);
	if (ret)
		return ret;
	t = bcc_stream_table(b, table, BPF_MAP_TYPE_PERF_EVENT_ARRAY, "perf buffer (BPF_PERF_OUTPUT)", fn);
	if (!t)
		return b->err.code;
	o.page_count = o.page_count ? o.page_count : DEFAULT_PAGES;
	if (o.page_count & (o.page_count - 1) || o.page_count > SIZE_MAX / 2 / sysconf(_SC_PAGESIZE))
		return bcc_fail(&b->err, -EINVAL,
			"page_count is %zu, but must be a power of two for the buffers of \"%s\"",
			o.page_count, table);
	p = calloc(1, sizeof(*p));
	if (!p)
		return bcc_fail(&b->err, -ENOMEM, "out of memory for the buffers of \"%s\"", table);
	p->base = (struct bcc_stream){.ops = &ops, .table = t, .fn = fn, .ctx = ctx};
	p->lost = o.lost;
	p->wakeup_events = o.wakeup_events ? o.wakeup_events : 1;
	p->page_size = sysconf(_SC_PAGESIZE);
	p->data_size = o.page_count * p->page_size;
	ret = open_online_cpus(p);
	if (!ret)
		ret = bcc_stream_add(b, &p->base);
	if (ret)
		perf_close(&p->base);
	return ret;
}
