/* SPDX-License-Identifier: Apache-2.0 */
#include "threadsnoop.h"

#include <string.h>

#include "common/array.h"
#include "mapped.h"
#include "symbol.h"
#include "tool.h"

static void threadsnoop_function(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	const struct symbol_owner process = {.pid = e->task.pid, .start = e->process_start};
	static struct buffer b;

	if (!e->function) {
		value->kind = VALUE_NONE;
		return;
	}
	b.size = 0;
	symbol_add(&b, &process, e->function, 0);
	value_text(value, b.data, b.size);
}

/* ---- probes ---- */

/* Returns how many functions are traced, or a negative errno. */
static int threadsnoop_attach(struct bcc *b, const char *binary)
{
	/* the return first: nothing is recorded that would stay */
	int ret = bcc_attach_uprobes(b, "leave_pthread_create", binary, "^pthread_create$",
		&BCC_OPTS(struct bcc_multi_opts, .retprobe = true), NULL);

	if (ret > 0)
		ret = bcc_attach_uprobes(b, "enter_pthread_create", binary, "^pthread_create$", NULL, NULL);
	return ret;
}

/* Of the GNU C library the function was in a library of its own before 2.34. */
static bool threadsnoop_may_have_it(const char *name)
{
	static const char *const prefixes[] = {
		"libc.so", "libc-2", "libpthread.so", "libpthread-2", "ld-musl-", "libc.musl-"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

struct threadsnoop_search {
	struct bcc *b;
	int count; /* of functions */
};

static int threadsnoop_found(void *ctx, const char *path, const char *origin)
{
	struct threadsnoop_search *search = ctx;
	int ret = threadsnoop_attach(search->b, path);

	if (tool_is_verbose())
		tool_warn("%s: %s", origin, ret > 0 ? "traced" : bcc_error(search->b));
	/* one that has no such function, or whose process has ended meanwhile */
	if (ret > 0)
		search->count += ret;
	return 0;
}

/* The threads are shown without their functions, too. */
static int threadsnoop_attached(struct bcc *b)
{
	struct threadsnoop_search search = {.b = b};

	mapped_each(threadsnoop_may_have_it, threadsnoop_found, &search);
	if (!search.count && threadsnoop_attach(b, "c") <= 0 && threadsnoop_attach(b, "pthread") <= 0)
		tool_warn("the functions of threads are not known: %s", bcc_error(b));
	return 0;
}

/* ---- the tool ---- */

static const struct tool_column columns[] = {
	COLUMN_TIME(
		"TIME(ms)", -10, "when it was made, in milliseconds since the first", .format = COLUMN_MS),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("COMM", -16, task.comm, "name of the thread that made it"),
	COLUMN_BY("FUNC", 0, VALUE_TEXT, threadsnoop_function,
		"function that it runs; its address, if it has no name or its process has ended"),
	COLUMN("TID", -7, task.tid, "thread that made it", .hidden = true, .in_json = true),
	COLUMN("NEWTID", -7, thread, "the new thread", .json = "new_tid", .hidden = true, .in_json = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static const struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

const struct tool tool = {
	.name = "threadsnoop",
	.purpose = "Shows which threads processes make, and what these run.",
	.details =
		"Functions are known of threads that pthread_create() makes, in all C libraries that processes use when "
		"the tool starts, also those in containers. Other threads, such as those of Go or of programs "
		"that are linked with their C library, are shown without.",
	.examples = {{"-p 1234", "threads of one process"}, {"-- ./server", "threads of a command"}},
	.filters = TOOL_FILTERS,
	.view = &view,
	.attached = threadsnoop_attached,
	.tear_down = symbol_close,
};
