/* SPDX-License-Identifier: Apache-2.0 */
/* vfscount is the same for functions whose names begin with vfs_: it defines VFSCOUNT and includes this. */
#include <stdio.h>

#include "reached.h"
#include "settings.h"

/* An entry of the table. */
struct counted {
	uint64_t place, count;
};

/* ---- columns ---- */

static void funccount_name(const struct tool_row *row, struct value *value)
{
	probe_set_name(((const struct counted *)row->data)->place, value);
}

/* The least first, as BCC's tool has them. */
static int funccount_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct counted *x = a->data, *y = b->data;

	return (x->count > y->count) - (x->count < y->count);
}

static const struct tool_column columns[] = {
#ifdef VFSCOUNT
	COLUMN_OF(struct counted, "ADDR", -16, place, "where the function is", .format = COLUMN_HEX,
		.digits = 1),
	COLUMN_BY("FUNC", -26, VALUE_TEXT, funccount_name, "the function"),
#else
	COLUMN_BY("FUNC", -36, VALUE_TEXT, funccount_name, "the function, tracepoint or static probe"),
#endif
	COLUMN_OF(struct counted, "COUNT", 8, count, "how often it was reached"),
	{0},
};

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.columns = columns,
	.bytes = sizeof(struct counted),
	.table = "counts",
	.compare = funccount_compare,
	.counter_offset = offsetof(struct counted, count),
	.counters = 1,
};

/* ---- the tool ---- */

#ifdef VFSCOUNT
static void vfscount_set_up(void)
{
	reached_pattern = "vfs_*";
	reached_set_up();
}

static int vfscount_attached(struct bcc *b)
{
	return reached_attach(b, &view, "Tracing... Ctrl-C to end.");
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "SECONDS", NULL, argument_run_time, "how long to count; default: until Ctrl-C"),
	{0},
};
#else
static int funccount_attached(struct bcc *b)
{
	return reached_attach(b, &view, NULL);
}

static const struct tool_option arguments[] = {
	REACHED_ARGUMENT,
	{0},
};
#endif

static const struct tool_option options[] = {
	OPTION_NUMBER('i', "interval", "SECONDS", 1, 1000000000,
		"print the counts so often; default: once, at the end", .value = &settings.interval),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
#ifndef VFSCOUNT
	REACHED_OPTION_REGEX,
	SETTINGS_OPTION_PRINT_TEXT('D'),
#endif
	REACHED_OPTION_CPU,
	{0},
};

const struct tool tool = {
#ifdef VFSCOUNT
	.name = "vfscount",
	.purpose = "Counts calls of the kernel's functions for files: those called vfs_…",
	.details = "It is funccount 'vfs_*'.",
	.examples = {{"10", "for ten seconds"}, {"-p 1234 -i 1", "of one process, every second"}},
	.set_up = vfscount_set_up,
	.attached = vfscount_attached,
#else
	.name = "funccount",
	.purpose = "Counts how often functions, tracepoints and static probes are reached.",
	.details =
		"The pattern is one name, or * and ? stand for any characters; with -r it is a regular expression "
		"that matches from the start of the name. Functions of the kernel are attached to all at once "
		"where it can do that (Linux 5.18 with CONFIG_FPROBE), everything else one by one; that several "
		"tracepoints, static probes or functions of programs can be told apart takes Linux 5.15. A "
		"function that has several names counts once, under one of them.",
	.examples = {{"'vfs_*'", "functions of the kernel whose names begin with vfs_"},
		{"-r '^vfs_(read|write)$'", "just two of them"},
		{"-i 1 -T c:malloc", "calls of malloc() in the C library, every second"},
		{"'t:sched:*'", "all tracepoints of the scheduler"},
		{"-p 1234 'u:node:gc*'", "static probes of one process"}},
	.set_up = reached_set_up,
	.attached = funccount_attached,
#endif
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.calls = true,
	.view = &view,
	.tear_down = reached_tear_down,
};
