/* SPDX-License-Identifier: Apache-2.0 */
#include "execsnoop.h"

#include <regex.h>
#include <string.h>

#include "buffer.h"
#include "tool.h"

static regex_t name, line;
static bool by_name, by_line;

static void execsnoop_compile(regex_t *regex, bool *given, const char *argument)
{
	char why[128];
	int ret;

	if (*given)
		regfree(regex);
	ret = regcomp(regex, argument, REG_EXTENDED | REG_NOSUB);
	*given = true;
	if (!ret)
		return;
	regerror(ret, regex, why, sizeof(why));
	tool_usage("'%s' is not a regular expression: %s", argument, why);
}

static void execsnoop_name(const char *argument)
{
	execsnoop_compile(&name, &by_name, argument);
}

static void execsnoop_line(const char *argument)
{
	execsnoop_compile(&line, &by_line, argument);
}

static bool execsnoop_line_matches(const struct event *e)
{
	static struct buffer joined;

	joined.size = 0;
	buffer_add(&joined, e->text, e->size);
	for (uint32_t i = 0; i + 1 < e->size; i++)
		if (!joined.data[i])
			joined.data[i] = ' ';
	return !regexec(&line, joined.data, 0, NULL, 0);
}

static bool execsnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	if (row->size - offsetof(struct event, text) < e->size || !e->size || e->text[e->size - 1])
		return false;
	if (by_name) {
		char comm[sizeof(e->task.comm) + 1] = {0};

		memcpy(comm, e->task.comm, sizeof(e->task.comm));
		if (regexec(&name, comm, 0, NULL, 0))
			return false;
	}
	return !by_line || execsnoop_line_matches(e);
}

/* The parent of a PID namespace's first process is outside the namespace. */
static void execsnoop_parent(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (e->task.ppid)
		value_unsigned(value, e->task.ppid);
	else
		value->kind = VALUE_NONE;
}

static void execsnoop_args(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, e->text, e->size);
	value->kind = VALUE_LIST;
	value->more = e->truncated;
}

static void execsnoop_tear_down(void)
{
	if (by_name)
		regfree(&name);
	if (by_line)
		regfree(&line);
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "time", "column with the time of day (HH:MM:SS)", .columns = "TIME"),
	OPTION_FLAG('t', "timestamp", "column with the seconds since the start", .columns = "TIME(s)"),
	OPTION_FLAG('x', "fails", "include calls that failed", .variable = "with_failed"),
	OPTION_FLAG('q', "quote", "quote the arguments", .columns = "-ARGS QUOTED"),
	OPTION_CUSTOM('n', "name", "NAME", execsnoop_name,
		"only programs whose name matches this regular expression (POSIX extended)"),
	OPTION_CUSTOM('l', "line", "LINE", execsnoop_line,
		"only calls whose arguments match this regular expression"),
	OPTION_FLAG('U', "print-uid", "column with the user ID", .columns = "UID"),
	OPTION_NUMBER(0, "max-args", "MAX_ARGS", 1, 1024, "show at most this many arguments (default 20)",
		.variable = "max_args"),
	OPTION_LETTER('P', "ppid"),
	OPTION_LETTER('c', "cgroup"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -9, "when the call returned", .tight = true, .hidden = true),
	COLUMN_TIME("TIME(s)", -8, "when the call returned", .format = COLUMN_SINCE_START, .digits = 3,
		.tight = true, .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .tight = true, .hidden = true),
	COLUMN("PCOMM", -16, task.comm, "name of the program", .json = "comm"),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN_BY("PPID", -7, VALUE_UNSIGNED, execsnoop_parent, "its parent"),
	COLUMN("RET", 3, ret, "0, or the negative errno"),
	COLUMN_BY("ARGS", 0, VALUE_LIST, execsnoop_args, "path of the program, and its arguments"),
	COLUMN_BY("QUOTED", 0, VALUE_LIST, execsnoop_args, "the same in quotes", .heading = "ARGS",
		.json = "args", .format = COLUMN_QUOTED, .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, text),
	.wanted = execsnoop_wanted,
};

const struct tool tool = {
	.name = "execsnoop",
	.purpose = "Shows which programs are started, with their arguments.",
	.examples = {{"-x", "calls that fail, too"}, {"-u www-data", "programs that a server starts"},
		{"-- make", "programs that a command starts"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.tear_down = execsnoop_tear_down,
};
