/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of an event of file_gone.h. */
#include <stddef.h>
#include <string.h>

#include "buffer.h"
#include "file_gone.h"
#include "path.h"
#include "tool.h"

/* Whether the event has all that it says. */
static bool filegone_is_whole(const struct tool_row *row)
{
	const struct event *e = row->data;
	size_t size = 0;

	for (unsigned i = 0; i <= (e->action == RENAMED); i++) {
		if (!e->paths[i].size)
			return false;
		size += (size_t)e->paths[i].size + e->paths[i].folders;
	}
	return size == e->size && row->size - offsetof(struct event, text) >= size;
}

static void filegone_add(struct buffer *b, const struct event_path *path, const char *text)
{
	buffer_text(b, path->cut ? "..." : "");
	path_text(b, text + path->size, path->folders);
	buffer_text(b, path->has_folders ? "/" : "");
	buffer_add(b, text, path->size - 1);
}

static void filegone_add_old(struct buffer *b, const struct event *e)
{
	filegone_add(b, &e->paths[0], e->text);
}

static void filegone_add_new(struct buffer *b, const struct event *e)
{
	filegone_add(b, &e->paths[1], e->text + e->paths[0].size + e->paths[0].folders);
}
