/* SPDX-License-Identifier: Apache-2.0 */
/* bcc_event_losses(): what perf and ring buffers had no room for. */
#include "stream.h"

#include <errno.h>
#include <string.h>

#include "libbcc/object/refused_events.h"

static int read_losses(struct bcc *b, const char *name, struct bcc_event_losses *losses)
{
	const struct bcc_table *t = bcc_table_find(b, name);
	const struct bcc_stream *s;

	if (!t)
		return bcc_fail(&b->err, -ENOENT, "the text has no table \"%s\"", name);
	losses->exact = true;
	if (t->type == BPF_MAP_TYPE_RINGBUF || t->type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
		t->type == BPF_MAP_TYPE_HASH_OF_MAPS)
		return bcc_refused_events_read(b, name, &losses->count, &losses->exact);
	if (t->type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return bcc_fail(&b->err, -EINVAL, "table \"%s\" is not a buffer of events", name);
	s = bcc_stream_of(b, t);
	if (!s)
		return bcc_fail(&b->err, -EBADF, "\"%s\" is not open: bcc_open_perf() does that", name);
	losses->count = bcc_perf_losses(s, &losses->exact);
	return 0;
}

int bcc_event_losses(struct bcc *b, const char *table, struct bcc_event_losses *losses)
{
	struct bcc_event_losses found = {};
	size_t size;
	int ret;

	if (!b)
		return -EINVAL;
	if (!table || !losses || losses->size < sizeof(losses->size))
		return bcc_fail(&b->err, -EINVAL,
			"the table's name or the place for its losses is missing, or their size is not set");
	ret = read_losses(b, table, &found);
	if (ret)
		return ret;
	/* as much as the caller's struct has, which may be of an older or newer version */
	size = losses->size;
	memset(losses, 0, size);
	found.size = size;
	memcpy(losses, &found, size < sizeof(found) ? size : sizeof(found));
	return 0;
}
