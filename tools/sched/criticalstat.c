/* SPDX-License-Identifier: Apache-2.0 */
#include "criticalstat.h"

#include <bcc/symbols.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "stack.h"
#include "symbol.h"
#include "tool.h"

enum { US = 1000 };

#define LINE "==================================="

static bool preemption, interrupts;
static uint64_t least = 100 * US;
static char title[96];

static void criticalstat_set_up(void)
{
	if (preemption && interrupts)
		tool_usage("-p and -i cannot be combined");
	snprintf(title, sizeof(title), "Finding critical section with %s disabled for > %gus",
		preemption ? "preempt" : "IRQ", (double)least / US);
}

static bool criticalstat_needs(const char *program)
{
	return !strstr(program, preemption ? "__irq_" : "__preempt_");
}

static bool criticalstat_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	return e->frames <= STACK_FRAMES &&
	       row->size - offsetof(struct event, stack) >= e->frames * sizeof(*e->stack);
}

static void criticalstat_tear_down(void)
{
	stack_close();
	symbol_close();
}

/* ---- columns ---- */

static void criticalstat_add_places(struct buffer *text, uint64_t at, uint64_t caller)
{
	static const struct symbol_owner kernel;

	symbol_add(text, &kernel, at, 0);
	buffer_printf(text, " -> ");
	symbol_add(text, &kernel, caller, 0);
}

static void criticalstat_begin(const struct tool_row *row, struct value *value)
{
	const struct places *places = &((const struct event *)row->data)->places;
	static struct buffer text;

	text.size = 0;
	criticalstat_add_places(&text, places->begin, places->begin_caller);
	value_text(value, text.data, text.size);
}

static void criticalstat_end(const struct tool_row *row, struct value *value)
{
	const struct places *places = &((const struct event *)row->data)->places;
	static struct buffer text;

	text.size = 0;
	criticalstat_add_places(&text, places->end, places->end_caller);
	value_text(value, text.data, text.size);
}

static void criticalstat_stack(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	stack_value(value, e->stack, e->frames);
}

static void criticalstat_line(const struct tool_row *row, struct value *value)
{
	value_text(value, LINE, strlen(LINE));
}

/* BCC's text: a list of its lines. */
static void criticalstat_text(const struct tool_row *row, struct value *value)
{
	static const struct symbol_owner kernel;
	const struct event *e = row->data;
	static struct buffer text;

	text.size = 0;
	buffer_printf(&text, "TASK: %.*s (pid %5u tid %5u) Total Time: %-9.3fus", (int)sizeof(e->task.comm),
		e->task.comm, e->task.pid, e->task.tid, (double)e->delay / US);
	buffer_fill(&text, '\0', 2);
	buffer_printf(&text, "Section start: ");
	criticalstat_add_places(&text, e->places.begin, e->places.begin_caller);
	buffer_char(&text, '\0');
	buffer_printf(&text, "Section end:   ");
	criticalstat_add_places(&text, e->places.end, e->places.end_caller);
	buffer_char(&text, '\0');
	for (unsigned i = 0; i < e->frames; i++) {
		buffer_printf(&text, "  ");
		symbol_add(&text, &kernel, e->stack[i], BCC_SYMBOL_OFFSET);
		buffer_char(&text, '\0');
	}
	buffer_printf(&text, LINE);
	buffer_char(&text, '\0');
	value_text(value, text.data, text.size);
	value->kind = VALUE_LIST;
}

static const struct tool_option options[] = {
	OPTION_FLAG('p', "preemptoff", "sections without preemption", .value = &preemption),
	OPTION_FLAG('i', "irqoff", "sections without interrupts; this is what is shown by itself",
		.value = &interrupts),
	OPTION_DURATION('d', "duration", "US", US,
		"only sections that take this long, in microseconds or with a unit (default 100)",
		.value = &least, .variable = "least"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_BY("LINE", 0, VALUE_TEXT, criticalstat_line, "a line before the section", .not_in_json = true),
	COLUMN_BY("TEXT", 0, VALUE_LIST, criticalstat_text, "the section in words", .below = "",
		.not_in_json = true),
	COLUMN_TIME("TIME", -8, "when it was over", .hidden = true, .in_json = true),
	COLUMN("PID", -7, task.pid, "process", .hidden = true, .in_json = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true, .in_json = true),
	COLUMN("COMM", -16, task.comm, "name of the thread", .hidden = true, .in_json = true),
	COLUMN("CPU", -4, cpu, "where", .hidden = true, .in_json = true),
	COLUMN_DURATION("LAT(us)", 10, delay, "how long it took", .format = COLUMN_US, .digits = 3,
		.hidden = true, .in_json = true),
	COLUMN_BY("BEGIN", -40, VALUE_TEXT, criticalstat_begin, "the function where it began, and its caller",
		.hidden = true, .in_json = true),
	COLUMN_BY("END", -40, VALUE_TEXT, criticalstat_end, "the function where it ended, and its caller",
		.hidden = true, .in_json = true),
	COLUMN_BY("STACK", 0, VALUE_LIST, criticalstat_stack, "functions of the kernel at its end",
		.hidden = true, .in_json = true),
	{0},
};

static const struct tool_view view = {
	.title = title,
	.no_headings = true,
	.columns = columns,
	.bytes = offsetof(struct event, stack),
	.wanted = criticalstat_wanted,
};

static const struct tool_source sources[] = {
	{.name = "tracepoints preemptirq:irq_… (of kernels with CONFIG_PREEMPTIRQ_TRACEPOINTS)",
		.programs = "raw_tracepoint__irq_disable raw_tracepoint__irq_enable "
			    "raw_tracepoint__preempt_disable raw_tracepoint__preempt_enable"},
	{0},
};

const struct tool tool = {
	.name = "criticalstat",
	.purpose =
		"Shows where the kernel takes no interrupts, or does not change to another task, for long.",
	.details = "It takes a kernel that is built with CONFIG_PREEMPTIRQ_TRACEPOINTS, as kernels for "
		   "debugging are, and for -p with CONFIG_TRACE_PREEMPT_TOGGLE.",
	.examples = {{"-d 500", "without interrupts for more than half a millisecond"},
		{"-p -d 1ms", "without preemption for more than a millisecond"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
	.set_up = criticalstat_set_up,
	.needs = criticalstat_needs,
	.tear_down = criticalstat_tear_down,
};
