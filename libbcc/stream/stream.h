/* SPDX-License-Identifier: Apache-2.0 */
/* Open event buffers: what perf and ring buffers have in common, and their epoll. */
#ifndef LIBBCC_STREAM_STREAM_H
#define LIBBCC_STREAM_STREAM_H

#include "libbcc/handle.h"

struct bcc_stream;

struct bcc_stream_ops {
	/* Calls the callback for what is there; `all`: including what the kernel has not announced yet. Stops
	 * after one buffer's worth, so that a program that is faster than the reader cannot keep it forever.
	 * Returns the number of events or, with *stop set, what a callback returned. */
	int (*consume)(struct bcc_stream *s, bool all, bool *stop);
	/* Called before the reader waits: tells the kernel what was read, if consume() does not (NULL). */
	void (*settle)(struct bcc_stream *s);
	/* Calls back for losses that the kernel has not announced (NULL: there are none). */
	void (*tell_losses)(struct bcc_stream *s);
	void (*close)(struct bcc_stream *s);
	bool announces; /* epoll reports it only once, whatever is read */
};

struct bcc_stream {
	const struct bcc_stream_ops *ops;
	struct bcc_stream *next;
	struct bcc_table *table;
	bcc_event_fn fn;
	void *ctx;
};

/* The table for a new stream, which must be of type `type` (`kind`: its name in messages), or NULL with the
 * error recorded. */
struct bcc_table *bcc_stream_table(
	struct bcc *b, const char *name, int type, const char *kind, bcc_event_fn fn);

/* The open stream of a table; NULL: there is none. */
struct bcc_stream *bcc_stream_of(const struct bcc *b, const struct bcc_table *t);

/* How many events were lost for want of room in the buffers of a table that bcc_open_perf() opened, and
 * whether the kernel counted them. */
uint64_t bcc_perf_losses(const struct bcc_stream *s, bool *exact);

/* Adds `fd`, which is readable when there is something to consume, to the handle's epoll; `announced` (may be
 * NULL) is set then. */
int bcc_stream_watch(struct bcc *b, int fd, bool *announced);

/* To be called before its descriptor is closed: a table may hold the same open file for a while. */
void bcc_stream_unwatch(struct bcc *b, int fd);

/* Whether this process opened the buffers. A forked child that closes its copy of the handle must not change
 * what it shares with its parent: the epoll, the tables, the positions in the buffers. */
bool bcc_streams_own(const struct bcc *b);

/* Takes ownership of an open stream. */
int bcc_stream_add(struct bcc *b, struct bcc_stream *s);

/* Closes all buffers; to be called before the tables are closed. */
void bcc_streams_free(struct bcc *b);

#endif
