/* SPDX-License-Identifier: Apache-2.0 */
#include "bashreadline.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/array.h"
#include "mapped.h"
#include "tool.h"

#define BASH "/bin/bash"
#define LIBRARY "readline"

static bool shared;
static const char *binary; /* NULL: not given */

static void readline_shared(const char *argument)
{
	shared = true;
	binary = argument;
}

/* ---- columns ---- */

static bool readline_wanted(const struct tool_row *row)
{
	return row->size - offsetof(struct event, line) >= ((const struct event *)row->data)->line_size;
}

static void readline_line(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value->kind = VALUE_NONE;
	if (!e->line_size)
		return;
	value_text(value, e->line, e->line_size - 1);
	value->more = e->line_size == LINE_SIZE;
}

/* ---- probes ---- */

/*
 * All have readline(), but shells that wait in it when tracing begins would be seen one line late. The first
 * one is called when a line is complete, also by programs that have readline call them for each line.
 */
static const char *const symbols[] = {"readline_internal_teardown", "readline"};

static int readline_attach(struct bcc *b, const char *path)
{
	int ret = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(symbols) && ret == -ENOENT; i++) {
		/* the return first: nothing is recorded that could not be reported */
		ret = bcc_attach_uprobe(b, "leave", path,
			&BCC_OPTS(struct bcc_uprobe_opts, .symbol = symbols[i], .retprobe = true), NULL);
		if (!ret)
			ret = bcc_attach_uprobe(b, "enter", path,
				&BCC_OPTS(struct bcc_uprobe_opts, .symbol = symbols[i]), NULL);
	}
	return ret;
}

static bool readline_is_shell(const char *name)
{
	return !strcmp(name, "bash");
}

static bool readline_is_library(const char *name)
{
	return !strncmp(name, "libreadline.so", strlen("libreadline.so"));
}

struct readline_search {
	struct bcc *b;
	int count; /* of files */
};

static int readline_found(void *ctx, const char *path, const char *origin)
{
	struct readline_search *search = ctx;
	int ret = readline_attach(search->b, path);

	if (tool_is_verbose())
		tool_warn("%s: %s", origin, ret ? bcc_error(search->b) : "traced");
	/* its process may have ended meanwhile, and of a shell the functions may be in a library */
	search->count += !ret;
	return 0;
}

/* The files that are in use, and the one that will be if none is. Returns 0 if there is any. */
static int readline_search(struct bcc *b, bool (*wanted)(const char *name), const char *usual)
{
	struct readline_search search = {.b = b};
	int ret;

	mapped_each(wanted, readline_found, &search);
	/* if it was found, this is the same place once more: the text reports it once */
	ret = readline_attach(b, usual);
	return search.count ? 0 : ret;
}

static int readline_attached(struct bcc *b)
{
	int ret;

	if (binary)
		ret = readline_attach(b, binary);
	else
		ret = shared ? -ENOENT : readline_search(b, readline_is_shell, BASH);
	/* some distributions' shells use the library */
	if (!binary && ret == -ENOENT)
		ret = readline_search(b, readline_is_library, LIBRARY);
	if (ret)
		tool_warn("%s", bcc_error(b));
	return ret;
}

/* ---- the tool ---- */

static const struct tool_option options[] = {
	OPTION_OPTIONAL('s', "shared", "PATH", readline_shared,
		"trace this program or library, or libreadline.so if no path is given, instead of bash"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -9, "when the line was complete"),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("COMM", -16, task.comm, "name of the thread", .hidden = true, .in_json = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true, .in_json = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN_BY("COMMAND", 0, VALUE_TEXT, readline_line, "the line, before the shell looks at it"),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, line),
	.wanted = readline_wanted,
};

const struct tool tool = {
	.name = "bashreadline",
	.purpose = "Shows the lines that are typed in bash.",
	.details =
		"It traces /bin/bash and each program called bash that runs when it starts, also in containers. "
		"Where bash has its line editor from a library, and with --shared, other programs that use the "
		"library are shown too; --comm bash leaves them out.",
	.examples = {{"--columns time,uid,command", "who types what"},
		{"-s --comm '!bash'", "lines typed in gdb and other programs that use libreadline.so"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.attached = readline_attached,
};
