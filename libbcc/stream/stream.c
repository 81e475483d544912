/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for all open buffers of a handle at once, and consumes those that have data. */
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "common/suggestions.h"
#include "libbcc/object/object.h"

#define WATCH_EVENTS 64
/* Reading a CPU's count interrupts that CPU. */
#define TELL_LOSSES_MS 1000

struct bcc_streams {
	struct bcc_stream *first, **end;
	int epoll_fd;
	pid_t owner; /* the process that opened them: forked children inherit them */
	/* Readable while a callback's stop has left events unread: perf events announce themselves only once,
	 * so that the epoll would not be readable although bcc_poll() has work. */
	int rest_fd;
	bool rest;
	bool consuming;	     /* a callback is running */
	bool shared;	     /* the caller may wait for epoll_fd itself */
	int64_t losses_told; /* when, in milliseconds; 0: never */
};

static void streams_close(struct bcc_streams *s)
{
	if (s->rest_fd >= 0)
		close(s->rest_fd);
	if (s->epoll_fd >= 0)
		close(s->epoll_fd);
	free(s);
}

/* The handle's streams, created on first use; NULL with the error recorded. */
static struct bcc_streams *streams_of(struct bcc *b)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct bcc_streams *s;
	int ret = 0;

	if (b->streams)
		return b->streams;
	s = calloc(1, sizeof(*s));
	if (!s) {
		bcc_fail(&b->err, -ENOMEM, "out of memory for event buffers");
		return NULL;
	}
	s->end = &s->first;
	s->owner = getpid();
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->rest_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->epoll_fd < 0 || s->rest_fd < 0 || epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->rest_fd, &event))
		ret = -errno;
	if (ret) {
		bcc_fail(&b->err, ret, "cannot create a descriptor to wait for events: %s", strerror(-ret));
		streams_close(s);
		return NULL;
	}
	b->streams = s;
	return s;
}

struct bcc_stream *bcc_stream_of(const struct bcc *b, const struct bcc_table *t)
{
	for (struct bcc_stream *s = b->streams ? b->streams->first : NULL; s; s = s->next)
		if (s->table == t)
			return s;
	return NULL;
}

static void stream_fail_unknown(struct bcc *b, const char *name, int type, const char *kind)
{
	char hint[3 * BCC_NEAR_LENGTH + 32];
	struct bcc_near_names near;

	bcc_near_init(&near, name);
	for (size_t i = 0; i < b->table_count; i++)
		bcc_near_offer(&near, b->tables[i].name);
	bcc_near_text(&near, hint, sizeof(hint));
	for (size_t i = 0; i < b->table_count && !*hint; i++)
		if (b->tables[i].type == (uint32_t)type)
			snprintf(hint, sizeof(hint), "; it has %.128s", b->tables[i].name);
	bcc_fail(&b->err, -EINVAL, "the text has no table \"%s\" to open as a %s%s", name, kind, hint);
}

struct bcc_table *bcc_stream_table(
	struct bcc *b, const char *name, int type, const char *kind, bcc_event_fn fn)
{
	struct bcc_table *t = name ? bcc_table_find(b, name) : NULL;

	if (!fn)
		bcc_fail(&b->err, -EINVAL, "the callback for the events of \"%s\" is missing",
			name ? name : "");
	else if (!t)
		stream_fail_unknown(b, name ? name : "", type, kind);
	else if (t->type != (uint32_t)type)
		bcc_fail(&b->err, -EINVAL, "table \"%s\" is not a %s%s", name, kind,
			t->type == BPF_MAP_TYPE_RINGBUF		   ? "; it is a ring buffer: bcc_open_ring()"
			: t->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ? "; it is a perf buffer: bcc_open_perf()"
								   : "");
	else if (bcc_stream_of(b, t))
		bcc_fail(&b->err, -EBUSY, "\"%s\" is already open", name);
	else if (bcc_object_create(b) == 0)
		return t;
	return NULL;
}

int bcc_stream_watch(struct bcc *b, int fd, bool *announced)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = announced};
	struct bcc_streams *s = streams_of(b);

	if (!s)
		return b->err.code;
	if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event))
		return bcc_fail(&b->err, -errno, "cannot wait for an event buffer: %s", strerror(errno));
	return 0;
}

void bcc_stream_unwatch(struct bcc *b, int fd)
{
	if (b->streams && bcc_streams_own(b))
		epoll_ctl(b->streams->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

bool bcc_streams_own(const struct bcc *b)
{
	return !b->streams || b->streams->owner == getpid();
}

int bcc_stream_add(struct bcc *b, struct bcc_stream *stream)
{
	struct bcc_streams *s = streams_of(b);

	if (!s)
		return b->err.code;
	*s->end = stream;
	s->end = &stream->next;
	return 0;
}

void bcc_streams_free(struct bcc *b)
{
	struct bcc_stream *stream, *next;

	if (!b->streams)
		return;
	for (stream = b->streams->first; stream; stream = next) {
		next = stream->next;
		stream->ops->close(stream);
	}
	streams_close(b->streams);
	b->streams = NULL;
}

static void set_rest(struct bcc_streams *s, bool rest)
{
	uint64_t one = 1;

	if (rest == s->rest)
		return;
	/* cannot fail: the counter is 0 when written and 1 when read */
	if ((rest ? write(s->rest_fd, &one, sizeof(one)) : read(s->rest_fd, &one, sizeof(one))) ==
		sizeof(one))
		s->rest = rest;
}

/* To the end of the list: a callback that stops at each of its events must not starve the others. */
static void move_last(struct bcc_streams *s, struct bcc_stream *stream)
{
	struct bcc_stream **at = &s->first;

	while (*at != stream)
		at = &(*at)->next;
	*at = stream->next;
	stream->next = NULL;
	if (s->end == &stream->next)
		s->end = at;
	*s->end = stream;
	s->end = &stream->next;
}

/* One round over the buffers: returns the number of events or, with *stop set, what a callback returned. */
static int stream_consume(struct bcc_streams *s, bool all, bool *stop)
{
	struct bcc_stream *stream;
	int64_t events = 0;
	int n = 0;

	s->consuming = true;
	all = all || s->rest;
	set_rest(s, false);
	for (stream = s->first; stream; stream = stream->next) {
		n = stream->ops->consume(stream, all, stop);
		if (*stop)
			break;
		events += n;
	}
	s->consuming = false;
	if (*stop) {
		set_rest(s, true);
		move_last(s, stream);
		return n;
	}
	return events < INT32_MAX ? events : INT32_MAX;
}

static int64_t stream_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Marks the buffers that have data; returns their number or a negative errno. */
static int wait_for_buffers(struct bcc_streams *s, int timeout_ms)
{
	struct epoll_event events[WATCH_EVENTS];
	int n = epoll_wait(s->epoll_fd, events, WATCH_EVENTS, timeout_ms);

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++)
		if (events[i].data.ptr)
			*(bool *)events[i].data.ptr = true;
	return n;
}

/* Checks common to the calls that consume events. */
static int may_consume(struct bcc *b)
{
	if (!b)
		return -EINVAL;
	if (!b->streams || !b->streams->first)
		return bcc_fail(&b->err, -ENOENT, "no event buffer is open");
	if (b->streams->consuming)
		return bcc_fail(&b->err, -EBUSY,
			"an event callback must not poll the buffers that it is called from");
	return 0;
}

static void stream_settle(struct bcc_streams *s)
{
	for (struct bcc_stream *stream = s->first; stream; stream = stream->next)
		if (stream->ops->settle)
			stream->ops->settle(stream);
}

/* Waits until there may be something: returns 1, 0 on timeout, or a negative errno. */
static int wait_for_events(struct bcc *b, int timeout_ms, int64_t deadline)
{
	int64_t left = timeout_ms > 0 ? deadline - stream_now_ms() : timeout_ms;
	int n;

	if (timeout_ms > 0 && left <= 0)
		return 0;
	stream_settle(b->streams);
	n = wait_for_buffers(b->streams, left);
	if (n == -EINTR)
		return bcc_fail(&b->err, -EINTR, "interrupted by a signal while waiting for events");
	if (n < 0)
		return bcc_fail(&b->err, n, "waiting for events failed: %s", strerror(-n));
	return n > 0;
}

/* Takes the announcements of buffers that announce themselves only once: they are stale once the buffer has
 * been read. */
static void take_announcements(struct bcc *b)
{
	for (struct bcc_stream *stream = b->streams->first; stream; stream = stream->next)
		if (stream->ops->announces) {
			wait_for_buffers(b->streams, 0);
			return;
		}
}

static void stream_tell_losses(struct bcc_streams *s, int64_t now)
{
	s->losses_told = now;
	s->consuming = true;
	for (struct bcc_stream *stream = s->first; stream; stream = stream->next)
		if (stream->ops->tell_losses)
			stream->ops->tell_losses(stream);
	s->consuming = false;
}

static int stream_poll(struct bcc *b, int timeout_ms, bool *stop)
{
	int64_t deadline = timeout_ms > 0 ? stream_now_ms() + timeout_ms : 0;
	int n, ret;

	take_announcements(b);
	/* deliver what is there first, and wait only then */
	for (bool woken = false;; woken = true) {
		n = stream_consume(b->streams, false, stop);
		if (n || *stop || (woken && !timeout_ms))
			break;
		/* Woken without an event: a record is reserved in a ring buffer but not submitted yet. Do not
		 * spin meanwhile. */
		if (woken)
			usleep(1000);
		ret = wait_for_events(b, timeout_ms, deadline);
		if (ret <= 0)
			return ret;
	}
	if (b->streams->shared)
		stream_settle(b->streams);
	return n;
}

int bcc_poll(struct bcc *b, int timeout_ms)
{
	int ret = may_consume(b);
	bool stop = false;
	int64_t now;

	if (ret)
		return ret;
	ret = stream_poll(b, timeout_ms, &stop);
	now = stream_now_ms();
	if (ret >= 0 && !stop && now - b->streams->losses_told >= TELL_LOSSES_MS)
		stream_tell_losses(b->streams, now);
	return ret;
}

int bcc_consume(struct bcc *b)
{
	int n, ret = may_consume(b);
	bool stop = false;

	if (ret)
		return ret;
	n = stream_consume(b->streams, true, &stop);
	stream_settle(b->streams);
	if (!stop)
		stream_tell_losses(b->streams, stream_now_ms());
	return n;
}

int bcc_epoll_fd(struct bcc *b)
{
	if (!b)
		return -EINVAL;
	if (!streams_of(b))
		return b->err.code;
	b->streams->shared = true;
	return b->streams->epoll_fd;
}
