/* SPDX-License-Identifier: Apache-2.0 */
#include "syscount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "buffer.h"
#include "clock.h"
#include "common/array.h"
#include "filter.h"
#include "report.h"
#include "settings.h"
#include "syscall_name.h"
#include "tool.h"

enum { LIST_COLUMNS = 4 };

static bool by_process, only_failed, with_latency, with_errors, milliseconds;
static uint64_t only_errno;
static const char *only_calls;

/* ---- options ---- */

static void syscount_errno(const char *argument)
{
	only_errno = argument_errno(argument);
	tool_set_number("only_errno", only_errno);
}

static void syscount_add_call(void *ctx, const char *name)
{
	struct filter_numbers *numbers = ctx;
	int number = syscall_number(name);

	if (number < 0)
		tool_usage("there is no system call '%s'; -l lists them", name);
	if (numbers->count == FILTER_NUMBERS)
		tool_usage("there are more than %d system calls", FILTER_NUMBERS);
	numbers->numbers[numbers->count++] = number;
}

static void syscount_calls(const char *argument)
{
	struct filter_numbers numbers = {0};

	only_calls = argument;
	argument_list(argument, syscount_add_call, &numbers);
	tool_set("only_calls", &numbers, sizeof(numbers));
}

static int syscount_compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct names {
	const char **names;
	size_t count;
};

static void syscount_add_name(void *ctx, const char *name)
{
	struct names *n = ctx;

	n->names = buffer_grow(n->names, (n->count + 1) * sizeof(*n->names));
	n->names[n->count++] = name;
}

static void syscount_list(const char *argument)
{
	struct names n = {0};

	syscall_each(syscount_add_name, &n);
	qsort(n.names, n.count, sizeof(*n.names), syscount_compare_names);
	for (size_t i = 0; i < n.count; i++)
		printf("%-22s%s", n.names[i], (i + 1) % LIST_COLUMNS && i + 1 < n.count ? "   " : "\n");
	free(n.names);
	exit(report_output());
}

static const struct tool_option options[] = {
	OPTION_FLAG('P', "process", "count by process, not by system call", .value = &by_process,
		.variable = "by_process", .columns = "-SYSCALL PID COMM"),
	OPTION_FLAG('L', "latency", "how long calls took, of those that have returned; these come first",
		.value = &with_latency, .variable = "with_latency", .columns = "LATENCY"),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_FLAG(
		'x', "failures", "only calls that fail", .value = &only_failed, .variable = "only_failed"),
	OPTION_CUSTOM('e', "errno", "ERRNO", syscount_errno,
		"only calls that fail with this error, a number or a name such as ENOENT"),
	OPTION_FLAG(0, "errors", "column with how many failed", .value = &with_errors,
		.variable = "with_errors", .columns = "ERRORS"),
	OPTION_CUSTOM(0, "syscall", "NAMES", syscount_calls, "only these system calls, separated by commas"),
	OPTION_FLAG('l', "list", "list the names of system calls and exit", .parse = syscount_list),
	OPTION_NUMBER('T', "top", "COUNT", 1, UINT32_MAX, "rows of each output (default 10)",
		.value = &settings.rows),
	OPTION_NUMBER('i', "interval", "SECONDS", 1, INT32_MAX,
		"time from one output to the next (default: one output, at the end)",
		.value = &settings.interval),
	OPTION_LETTER('t', "tid"),
	OPTION_LETTER('c', "ppid"),
	{0},
};

/* ---- columns ---- */

static void syscount_syscall(const struct tool_row *row, struct value *value)
{
	const struct syscount_key *key = row->data;
	const char *name;

	value->kind = VALUE_NONE;
	if (by_process)
		return;
	name = syscall_name(key->number, key->of_32_bits);
	value_text(value, name, strlen(name));
}

static void syscount_pid(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, ((const struct syscount_key *)row->data)->number);
	if (!by_process)
		value->kind = VALUE_NONE;
}

static void syscount_comm(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, e->value.comm, strnlen(e->value.comm, sizeof(e->value.comm)));
	if (!by_process)
		value->kind = VALUE_NONE;
}

static void syscount_latency(const struct tool_row *row, struct value *value)
{
	value->kind = with_latency ? VALUE_DURATION : VALUE_NONE;
	value->signed_number = ((const struct event *)row->data)->value.time;
}

static void syscount_errors(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, ((const struct event *)row->data)->value.errors);
	if (!with_errors && !only_failed && !only_errno)
		value->kind = VALUE_NONE;
}

static struct tool_column columns[] = {
	COLUMN_BY("SYSCALL", -22, VALUE_TEXT, syscount_syscall, "the system call", .in_json = true),
	COLUMN_BY("PID", -6, VALUE_UNSIGNED, syscount_pid, "process", .hidden = true, .in_json = true),
	COLUMN_BY("COMM", -15, VALUE_TEXT, syscount_comm, "its name", .hidden = true, .in_json = true),
	COLUMN("COUNT", 8, value.count, "calls that were made, or that failed as was asked for"),
	COLUMN_BY("LATENCY", 16, VALUE_DURATION, syscount_latency, "how long those took that have returned",
		.heading = "TIME (us)", .json = "latency_ns", .format = COLUMN_US, .digits = 3,
		.hidden = true, .in_json = true),
	COLUMN_BY("ERRORS", 8, VALUE_UNSIGNED, syscount_errors, "how many failed", .hidden = true,
		.in_json = true),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};
enum { LATENCY = 4 };

/* "[12:00:00]" */
static void syscount_above(struct buffer *out)
{
	buffer_char(out, '[');
	clock_add(out, clock_now(),
		settings.time_format < 0 ? CLOCK_LOCAL : (enum clock_format)settings.time_format);
	buffer_text(out, "]\n");
}

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, value.count),
	.counters = 3,
	.above = syscount_above,
	.sort = "-COUNT,SYSCALL,PID",
	.most_rows = 10,
};

/* ---- the tool ---- */

static void syscount_set_up(void)
{
	const char *failed = only_failed ? "failed " : "";
	static char title[256];

	if (only_calls)
		snprintf(title, sizeof(title), "Tracing %ssyscall%s '%s'... Ctrl+C to quit.", failed,
			strchr(only_calls, ',') ? "s" : "", only_calls);
	else
		snprintf(title, sizeof(title), "Tracing %ssyscalls, printing top %llu... Ctrl+C to quit.",
			failed, (unsigned long long)(settings.rows ? settings.rows : view.most_rows));
	view.title = title;
	if (with_latency)
		view.sort = "-LATENCY,-COUNT,SYSCALL,PID";
	if (milliseconds) {
		columns[LATENCY].heading = "TIME (ms)";
		columns[LATENCY].format = COLUMN_MS;
		columns[LATENCY].digits = 6;
	}
	/* processes end: those that have been quiet for long are forgotten; of a single output, none is */
	if (by_process && settings.interval)
		tool_define("FORGET_QUIET");
	tool_set_number("call_exit", SYS_exit);
	tool_set_number("call_exit_group", SYS_exit_group);
}

static bool syscount_needs(const char *program)
{
	return !strstr(program, "sys_exit") || with_latency || with_errors || only_failed || only_errno;
}

const struct tool tool = {
	.name = "syscount",
	.purpose = "Counts system calls, and how long they take.",
	.details =
		"Calls are counted when they are made, and so are those that never return. With -x and -e they "
		"are counted when they have failed. Calls of 32-bit programs on x86 are named so.",
	.examples = {{"", "the ten most frequent system calls, until Ctrl-C"},
		{"-i 1 -T 5", "the five most frequent ones of each second"},
		{"-L -p 1234", "where a process spends its time in the kernel"},
		{"-P -e ENOENT", "which processes look for what is not there"},
		{"--syscall read,write -P", "who reads and writes most often"},
		{"-x -- make", "what fails in a command and its children"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = syscount_set_up,
	.needs = syscount_needs,
};
