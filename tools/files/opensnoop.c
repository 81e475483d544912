/* SPDX-License-Identifier: Apache-2.0 */
#include "opensnoop.h"

#include <fcntl.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "path.h"
#include "tool.h"

static const char *name;

static const struct {
	const char *name;
	unsigned flag;
} open_flags[] = {
	{"O_RDONLY", O_RDONLY},
	{"O_WRONLY", O_WRONLY},
	{"O_RDWR", O_RDWR},
	{"O_CREAT", O_CREAT},
	{"O_EXCL", O_EXCL},
	{"O_NOCTTY", O_NOCTTY},
	{"O_TRUNC", O_TRUNC},
	{"O_APPEND", O_APPEND},
	{"O_NONBLOCK", O_NONBLOCK},
	{"O_NDELAY", O_NDELAY},
	{"O_DSYNC", O_DSYNC},
	{"O_SYNC", O_SYNC},
	{"O_RSYNC", O_RSYNC},
	{"O_ASYNC", O_ASYNC},
	{"O_DIRECT", O_DIRECT},
	/* glibc's is 0 on 64-bit machines, where the kernel adds its own to each open() */
	{"O_LARGEFILE", 0100000},
	{"O_DIRECTORY", O_DIRECTORY},
	{"O_NOFOLLOW", O_NOFOLLOW},
	{"O_NOATIME", O_NOATIME},
	{"O_CLOEXEC", O_CLOEXEC},
	{"O_PATH", O_PATH},
	{"O_TMPFILE", O_TMPFILE & ~O_DIRECTORY},
};

static void opensnoop_flag(const char *argument)
{
	static unsigned any;

	for (size_t i = 0; i < ARRAY_SIZE(open_flags); i++)
		if (!strcmp(open_flags[i].name, argument)) {
			any |= open_flags[i].flag;
			tool_set_number("flags_any", any);
			if (!open_flags[i].flag)
				tool_set_number("read_only", true);
			return;
		}
	tool_usage("unknown open(2) flag '%s'", argument);
}

static bool opensnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	if (row->size - offsetof(struct event, text) < e->text_size || !e->path_size ||
		e->path_size > e->text_size)
		return false;
	return !name || memmem(e->task.comm, strnlen(e->task.comm, sizeof(e->task.comm)), name, strlen(name));
}

static void opensnoop_fd(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_signed(value, e->ret >= 0 ? e->ret : -1);
}

static void opensnoop_error(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_signed(value, e->ret >= 0 ? 0 : -e->ret);
}

/* A relative path comes with the names of the directories that it starts from. */
static void opensnoop_path(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer path;

	path.size = 0;
	buffer_text(&path, e->cut ? "..." : "");
	path_text(&path, e->text + e->path_size, e->text_size - e->path_size);
	if (e->has_folders)
		buffer_char(&path, '/');
	buffer_add(&path, e->text, e->path_size - 1);
	value_text(value, path.data, path.size);
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_FLAG('U', "print-uid", "column with the user ID", .columns = "UID"),
	OPTION_FLAG('x', "failed", "only opens that failed", .variable = "only_failed"),
	OPTION_TEXT('n', "name", "NAME", "only processes whose name contains this", .value = &name),
	OPTION_FLAG('e', "extended_fields", "column with the flags, in octal", .columns = "FLAGS"),
	OPTION_CUSTOM('f', "flag_filter", "FLAG", opensnoop_flag,
		"only opens with this flag, such as O_WRONLY; repeat it for any of several"),
	OPTION_FLAG('F', "full-path", "prefix relative paths with the directory they start from",
		.variable = "full_path"),
	OPTION_LETTER('t', "tid", .columns = "-PID TID"),
	OPTION_LETTER('b', "buffer-pages"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -14, "when the call returned", .format = COLUMN_SECONDS, .digits = 9,
		.tight = true, .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .tight = true, .hidden = true),
	COLUMN("PID", -6, task.pid, "process"),
	COLUMN("TID", -6, task.tid, "thread", .hidden = true),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN_BY("FD", 4, VALUE_SIGNED, opensnoop_fd, "file descriptor; -1 if it failed"),
	COLUMN_BY("ERR", 3, VALUE_SIGNED, opensnoop_error, "errno; 0 if it worked"),
	COLUMN("FLAGS", -8, flags, "of open(2)", .format = COLUMN_OCTAL, .digits = 8, .hidden = true),
	COLUMN_BY("PATH", 0, VALUE_TEXT, opensnoop_path, "path as the process gave it"),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, text),
	.wanted = opensnoop_wanted,
};

const struct tool tool = {
	.name = "opensnoop",
	.purpose = "Shows which files processes open.",
	.examples = {{"-x", "opens that fail, and with which error"},
		{"-f O_WRONLY -f O_RDWR -- make", "what files a command writes"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
