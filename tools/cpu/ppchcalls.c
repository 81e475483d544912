/* SPDX-License-Identifier: Apache-2.0 */
#include "ppchcalls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "clock.h"
#include "period.h"
#include "ppchcalls_name.h"
#include "report.h"
#include "settings.h"
#include "tool.h"

enum { LIST_COLUMNS = 4 };

static bool by_process, only_failed, with_latency, milliseconds;
static const char *only_call;

/* ---- options ---- */

static void ppchcalls_error(const char *argument)
{
	tool_set_number("only_error", argument_errno(argument));
}

static void ppchcalls_call(const char *argument)
{
	const struct ppchcalls_row *row = ppchcalls_find(argument);

	if (!row)
		tool_usage("there is no hypervisor call '%s'; -l lists them", argument);
	only_call = argument;
	tool_set_number("only_one", true);
	tool_set_number("only_number", row->number);
}

static int ppchcalls_compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void ppchcalls_list(const char *argument)
{
	const char **names;
	size_t count = 0;

	while (ppchcalls_rows[count].name)
		count++;
	names = buffer_grow(NULL, (count + 1) * sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = ppchcalls_rows[i].name;
	qsort(names, count, sizeof(*names), ppchcalls_compare_names);
	for (size_t i = 0; i < count; i++)
		printf("%-25s%s", names[i], (i + 1) % LIST_COLUMNS && i + 1 < count ? "   " : "\n");
	free(names);
	exit(report_output());
}

static const struct tool_option options[] = {
	OPTION_FLAG('P', "process", "count by process, not by call", .value = &by_process,
		.variable = "by_process", .columns = "-HCALL PID COMM"),
	OPTION_FLAG('L', "latency", "how long calls took", .value = &with_latency, .variable = "with_latency",
		.columns = "MIN MAX AVG"),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_FLAG('x', "failures", "only calls that fail: that return a negative number",
		.value = &only_failed, .variable = "only_failed"),
	OPTION_CUSTOM('e', "errno", "ERRNO", ppchcalls_error,
		"only calls that return this error, a number or a name such as EPERM"),
	OPTION_CUSTOM(0, "hcall", "NAME", ppchcalls_call, "only this call"),
	OPTION_FLAG('l', "list", "list the names of calls and exit", .parse = ppchcalls_list),
	OPTION_NUMBER('T', "top", "COUNT", 1, UINT32_MAX, "rows of each output (default 10)",
		.value = &settings.rows),
	OPTION_NUMBER('i', "interval", "SECONDS", 1, INT32_MAX,
		"time from one output to the next (default: one output, at the end)",
		.value = &settings.interval),
	OPTION_LETTER('t', "tid"),
	{0},
};

/* ---- columns ---- */

static void ppchcalls_hcall(const struct tool_row *row, struct value *value)
{
	static char number[32];
	const struct event *e = row->data;
	const char *name;

	value->kind = VALUE_NONE;
	if (by_process)
		return;
	name = ppchcalls_name(e->key.number);
	if (!name)
		snprintf(number, sizeof(number), "%llu", (unsigned long long)e->key.number);
	value_text(value, name ? name : number, strlen(name ? name : number));
}

static void ppchcalls_pid(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, ((const struct event *)row->data)->key.number);
	if (!by_process)
		value->kind = VALUE_NONE;
}

static void ppchcalls_comm(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, e->value.comm, strnlen(e->value.comm, sizeof(e->value.comm)));
	if (!by_process)
		value->kind = VALUE_NONE;
}

static void ppchcalls_time(struct value *value, uint64_t time)
{
	value->kind = with_latency ? VALUE_DURATION : VALUE_NONE;
	value->signed_number = (int64_t)time;
}

static void ppchcalls_least(const struct tool_row *row, struct value *value)
{
	ppchcalls_time(value, ((const struct event *)row->data)->value.least);
}

static void ppchcalls_most(const struct tool_row *row, struct value *value)
{
	ppchcalls_time(value, ((const struct event *)row->data)->value.most);
}

static void ppchcalls_average(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	ppchcalls_time(value, e->value.count ? e->value.time / e->value.count : 0);
}

#define TIME_COLUMN(name_, function, help_, json_)                                                           \
	COLUMN_BY(name_, 17, VALUE_DURATION, function, help_, .heading = name_ " (us)", .json = json_,       \
		.format = COLUMN_US, .digits = 3, .hidden = true, .in_json = true)

enum { HCALL, TIMES = 4 };

static struct tool_column columns[] = {
	[HCALL] = COLUMN_BY("HCALL", -45, VALUE_TEXT, ppchcalls_hcall, "the call", .heading = "PPC HCALL",
		.in_json = true),
	COLUMN_BY("PID", -6, VALUE_UNSIGNED, ppchcalls_pid, "process", .hidden = true, .in_json = true),
	COLUMN_BY("COMM", -38, VALUE_TEXT, ppchcalls_comm, "its name", .hidden = true, .in_json = true),
	COLUMN("COUNT", 8, value.count, "calls that have returned"),
	[TIMES] = TIME_COLUMN("MIN", ppchcalls_least, "the shortest one", "min_ns"),
	TIME_COLUMN("MAX", ppchcalls_most, "the longest one", "max_ns"),
	TIME_COLUMN("AVG", ppchcalls_average, "how long one took on average", "avg_ns"),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};

/* "[12:00:00]" */
static void ppchcalls_above(struct buffer *out)
{
	buffer_char(out, '[');
	clock_add(out, clock_now(),
		settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
	buffer_text(out, "]\n");
}

static int ppchcalls_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	return period_read(b, "counts", add, ctx);
}

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "counts",
	.collect = ppchcalls_collect,
	.columns = columns,
	.bytes = sizeof(struct event),
	.above = ppchcalls_above,
	.sort = "-COUNT,HCALL,PID",
	.most_rows = 10,
};

/* ---- the tool ---- */

static void ppchcalls_set_up(void)
{
	static const char *const headings[] = {"MIN (ms)", "MAX (ms)", "AVG (ms)"};
	const char *failed = only_failed ? "failed " : "";
	static char title[128];

	if (only_call)
		snprintf(title, sizeof(title), "Tracing %sppc hcall '%s'... Ctrl+C to quit.", failed,
			only_call);
	else
		snprintf(title, sizeof(title), "Tracing %sppc hcalls, printing top %llu... Ctrl+C to quit.",
			failed, (unsigned long long)(settings.rows ? settings.rows : view.most_rows));
	view.title = title;
	for (size_t i = 0; milliseconds && i < 3; i++) {
		columns[TIMES + i].heading = headings[i];
		columns[TIMES + i].format = COLUMN_MS;
		columns[TIMES + i].digits = 6;
	}
}

static bool ppchcalls_needs(const char *program)
{
	return !strstr(program, "hcall_entry") || with_latency;
}

const struct tool tool = {
	.name = "ppchcalls",
	.purpose = "Counts the calls of the hypervisor that Linux makes on POWER, and how long they take.",
	.details = "Kernels for other processors have nothing to count: it ends with a sentence there.",
	.examples = {{"", "the ten most frequent calls, until Ctrl-C"},
		{"-i 1 -T 5", "the five most frequent ones of each second"},
		{"-L -m", "with times, in milliseconds"},
		{"--hcall H_PUT_TCE -P", "which processes have pages mapped for devices"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = ppchcalls_set_up,
	.needs = ppchcalls_needs,
};
