/* SPDX-License-Identifier: Apache-2.0 */
#include "same_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct same_row {
	UT_hash_handle hh;
	uint64_t count;
	size_t size;
	char text[]; /* as it is written */
};

static struct same_row *same_rows; /* in the order in which they came */

static struct same_row *same_rows_new(const char *text, size_t size)
{
	struct same_row *new = calloc(1, sizeof(*new) + size);

	if (!new)
		buffer_no_memory();
	memcpy(new->text, text, size);
	new->size = size;
	HASH_ADD_KEYPTR(hh, same_rows, new->text, size, new);
	if (!new->hh.tbl)
		buffer_no_memory();
	return new;
}

void same_rows_head(struct writer *w)
{
	if (w->format != WRITER_CSV || !w->out.size)
		return;
	w->out.size--;
	buffer_text(&w->out, ",COUNT\n");
}

void same_rows_add(struct writer *w, const struct tool_row *row)
{
	size_t from = w->out.size, size;
	struct same_row *same;

	writer_row(w, row);
	size = w->out.size - from;
	HASH_FIND(hh, same_rows, w->out.data + from, size, same);
	if (!same)
		same = same_rows_new(w->out.data + from, size);
	same->count++;
	w->out.size = from;
}

static void same_rows_write_one(struct writer *w, const struct same_row *same)
{
	/* what ends a row: a line's end, and a brace before it in JSON */
	size_t end = w->format == WRITER_JSON ? 2 : 1;

	if (w->format == WRITER_TABLE) {
		buffer_add(&w->out, same->text, same->size);
		buffer_printf(&w->out, "-->COUNT %" PRIu64 "\n\n", same->count);
		return;
	}
	buffer_add(&w->out, same->text, same->size - end);
	buffer_printf(&w->out, w->format == WRITER_JSON ? ",\"count\":%" PRIu64 : ",%" PRIu64, same->count);
	buffer_add(&w->out, same->text + same->size - end, end);
}

static int same_rows_compare(const struct same_row *a, const struct same_row *b)
{
	return (a->count < b->count) - (a->count > b->count);
}

void same_rows_write(struct writer *w)
{
	struct same_row *same, *next;

	HASH_SORT(same_rows, same_rows_compare);
	HASH_ITER(hh, same_rows, same, next)
	{
		same_rows_write_one(w, same);
		HASH_DEL(same_rows, same);
		free(same);
	}
}
