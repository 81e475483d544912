/* SPDX-License-Identifier: Apache-2.0 */
#include "funcslower.h"

#include <bcc/symbols.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "buffer.h"
#include "calls.h"
#include "probe_set.h"
#include "settings.h"
#include "symbol.h"
#include "tool.h"

#define NOT_GIVEN UINT64_MAX

enum { MOST_FUNCTIONS = 64 };

static uint64_t least_ms = NOT_GIVEN, least_us = NOT_GIVEN, argument_count;
static bool kernel_stack, user_stack, folded;
static struct probe probes[MOST_FUNCTIONS];
static unsigned probe_count;
static struct buffer title, name, list, line;

/* ---- columns ---- */

static bool funcslower_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;
	size_t size = offsetof(struct event, stack);

	if (kernel_stack)
		size = offsetof(struct event, user_stack);
	if (user_stack)
		size = sizeof(*e);
	return row->size >= size && e->frames <= STACK_FRAMES && e->user_frames <= STACK_FRAMES;
}

/* As it was typed: with the library. The only function of the kernel is not looked up in the table of all of
 * its symbols, which would take more than everything else that there is to do for a call. */
static void funcslower_function(const struct tool_row *row, struct value *value)
{
	uint64_t place = ((const struct event *)row->data)->place;
	const struct probe *probe = probe_set_probe(place), *only = &probes[0];

	if (!probe && probe_count == 1 && !only->is_pattern && !only->place) {
		value_text(value, only->name, strlen(only->name));
		return;
	}
	probe_set_name(place, value);
	if (!probe || !probe->place)
		return;
	name.size = 0;
	buffer_printf(&name, "%s:", probe->place);
	buffer_add(&name, value->text, value->length);
	value_text(value, name.data, name.size);
}

static void funcslower_arguments(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	list.size = 0;
	for (uint64_t i = 0; i < argument_count; i++) {
		buffer_printf(&list, "0x%" PRIx64, e->arguments[i]);
		buffer_char(&list, '\0');
	}
	value_text(value, list.size ? list.data : "", list.size);
	value->kind = VALUE_LIST;
}

static struct symbol_owner funcslower_owner(const struct event *e, bool user)
{
	return user ? (struct symbol_owner){.pid = e->task.pid, .start = e->start} : (struct symbol_owner){0};
}

/* A frame of the kernel's stack, and then of the process's. */
static void funcslower_add_frame(struct buffer *b, const struct event *e, bool user, uint32_t i)
{
	const struct symbol_owner owner = funcslower_owner(e, user);

	symbol_add(b, &owner, user ? e->user_stack[i] : e->stack[i], 0);
}

static uint32_t funcslower_frames(const struct event *e, bool user)
{
	const struct symbol_owner owner = funcslower_owner(e, user);

	if (!(user ? user_stack : kernel_stack))
		return 0;
	return symbol_stack_frames(
		&owner, user ? e->user_stack : e->stack, user ? e->user_frames : e->frames);
}

static void funcslower_stack(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	list.size = 0;
	/* a folded line has them */
	for (int user = folded ? 2 : 0; user < 2; user++)
		for (uint32_t i = 0, count = funcslower_frames(e, user); i < count; i++) {
			funcslower_add_frame(&list, e, user, i);
			buffer_char(&list, '\0');
		}
	value_text(value, list.size ? list.data : "", list.size);
	value->kind = VALUE_LIST;
}

/* Any user can name a process or a function. */
static void funcslower_keep_apart(size_t from)
{
	for (size_t i = from; i < line.size; i++)
		if (line.data[i] == ';')
			line.data[i] = ':';
}

static void funcslower_fold_frame(const struct event *e, bool user, uint32_t i)
{
	size_t from;

	buffer_char(&line, ';');
	from = line.size;
	funcslower_add_frame(&line, e, user, i);
	funcslower_keep_apart(from);
}

/* "comm;outermost;…;innermost 1", the process's stack first. */
static void funcslower_folded(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	uint32_t kernel = funcslower_frames(e, false), user = funcslower_frames(e, true);

	line.size = 0;
	buffer_add(&line, e->task.comm, strnlen(e->task.comm, sizeof(e->task.comm)));
	funcslower_keep_apart(0);
	for (uint32_t i = user; i--;)
		funcslower_fold_frame(e, true, i);
	if (kernel && user)
		buffer_text(&line, ";-");
	for (uint32_t i = kernel; i--;)
		funcslower_fold_frame(e, false, i);
	buffer_text(&line, " 1");
	value_text(value, line.data, line.size);
}

enum { LATENCY = 4 };

static struct tool_column columns[] = {
	COLUMN_TIME("TIME", -10, "when the call returned", .hidden = true),
	COLUMN_TIME("TIME(s)", -10, "the same, in seconds since the first", .heading = "TIME",
		.format = COLUMN_SECONDS, .digits = 6, .hidden = true),
	COLUMN("COMM", -14, task.comm, "name of the thread", .cut = 14),
	COLUMN("PID", -6, task.pid, "process"),
	[LATENCY] =
		COLUMN_DURATION("LAT(ms)", 7, delay, "time that it took", .format = COLUMN_MS, .digits = 2),
	COLUMN("RVAL", 16, result, "what it returned", .format = COLUMN_HEX, .digits = 1),
	COLUMN_BY("FUNC", 0, VALUE_TEXT, funcslower_function, "the function"),
	COLUMN_BY("ARGS", 0, VALUE_LIST, funcslower_arguments, "its first arguments", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN_BY("STACK", 0, VALUE_LIST, funcslower_stack, "the stacks when it was called, innermost first",
		.below = "    ", .tight = true, .hidden = true),
	COLUMN_BY("FOLDED", 0, VALUE_TEXT, funcslower_folded,
		"name of the thread and stacks, outermost first", .hidden = true),
	{0},
};

static struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, stack),
	.wanted = funcslower_wanted,
};

/* ---- the tool ---- */

static void funcslower_probe(const char *argument)
{
	struct probe_error error;

	if (probe_count == MOST_FUNCTIONS)
		tool_usage("there are more than %d", MOST_FUNCTIONS);
	if (probe_parse(&probes[probe_count++], argument, PROBE_FUNCTIONS, &error))
		argument_wrong_at(argument, error.column, error.why);
}

static void funcslower_set_up(void)
{
	bool in_us = least_us != NOT_GIVEN;
	uint64_t least = in_us ? least_us : least_ms != NOT_GIVEN ? least_ms : 1000000;

	if (!probe_count && !settings.describe && !settings.dump_text)
		tool_usage("which functions? For example: vfs_read c:open");
	if (in_us && least_ms != NOT_GIVEN)
		tool_usage("microseconds (-u) or milliseconds (-m)?");
	if (in_us) {
		columns[LATENCY].name = "LAT(us)";
		columns[LATENCY].format = COLUMN_US;
	}
	tool_set_number("least", least);
	tool_set_number("call_keeps", kernel_stack || user_stack);
	if (folded) {
		view.no_headings = true;
	} else {
		buffer_printf(&title, "Tracing function calls slower than %g %s... Ctrl+C to quit.",
			least / (in_us ? 1e3 : 1e6), in_us ? "us" : "ms");
		buffer_char(&title, '\0');
		view.title = title.data;
	}
	if (settings.describe || settings.dump_text)
		return;
	for (unsigned i = 0; i < probe_count; i++)
		probe_set_add(&probes[i]);
	probe_set_tell_apart();
}

static int funcslower_attached(struct bcc *b)
{
	int ret = calls_attach(b, "syscall__enter");

	return ret < 0 ? ret : 0;
}

static void funcslower_tear_down(void)
{
	probe_set_free();
	while (probe_count)
		probe_free(&probes[--probe_count]);
	buffer_free(&title);
	buffer_free(&name);
	buffer_free(&list);
	buffer_free(&line);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "FUNCTION", NULL, funcslower_probe,
		"FUNCTION of the kernel, LIBRARY:FUNCTION, /PATH:FUNCTION or MODULE:FUNCTION; in names, * and ? stand "
		"for others",
		.repeated = true),
	{0},
};

static const struct tool_option options[] = {
	OPTION_DURATION('m', "min-ms", "MS", 1000000,
		"only calls that take so many milliseconds; default: 1; 0: all", .value = &least_ms),
	OPTION_DURATION('u', "min-us", "US", 1000, "the same in microseconds, as the column is then",
		.value = &least_us),
	OPTION_NUMBER('a', "arguments", "COUNT", 1, ARGUMENTS, "show so many arguments, in hexadecimal",
		.value = &argument_count, .columns = "ARGS"),
	OPTION_FLAG('T', "time", "column with the time of day", .columns = "TIME"),
	OPTION_FLAG('t', "timestamp", "column with seconds since the first call", .columns = "TIME(s)"),
	OPTION_FLAG('U', "user-stack", "the process's stack below each row", .value = &user_stack,
		.variable = "user_stack", .columns = "STACK"),
	OPTION_FLAG('K', "kernel-stack", "the kernel's stack below each row", .value = &kernel_stack,
		.variable = "kernel_stack", .columns = "STACK"),
	OPTION_FLAG('f', "folded", "a line for each call as programs for flame graphs read it",
		.value = &folded, .columns = "FOLDED -TIME -TIME(s) -COMM -PID -LAT -RVAL -FUNC -ARGS"),
	{0},
};

const struct tool tool = {
	.name = "funcslower",
	.purpose = "Shows calls of functions that take long.",
	.details =
		"A call is shown when it returns. Functions that call themselves are timed right, at each depth. "
		"Stacks are those when the function was called.",
	.examples = {{"vfs_write", "writes that take longer than a millisecond"},
		{"-u 10 -a 2 c:open c:openat", "opens that take longer than 10 microseconds, with arguments"},
		{"-UK -m 10 -p 1234 c:read", "where one process reads slowly"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.calls = true,
	.view = &view,
	.set_up = funcslower_set_up,
	.attached = funcslower_attached,
	.tear_down = funcslower_tear_down,
};
