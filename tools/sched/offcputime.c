/* SPDX-License-Identifier: Apache-2.0 */
#include "offcpu_tool.h"

static const struct stack_layout offcpu_layout = {.unit = "microseconds",
	.pprof = &pprof_calls,
	.type = "time",
	.unit_weight = 1000,
	.by_thread = true};

static const struct tool_option options[] = {
	OFFCPU_OPTIONS,
	STACK_OPTION_DWARF,
	{0},
};

static const struct tool_column columns[] = {
	STACK_COLUMNS,
	COLUMN_OF(struct offcpu_entry, "TID", -7, key.target.tid, "thread"),
	OFFCPU_COLUMN_TIME,
	{0},
};

static const struct tool_view view = {OFFCPU_VIEW, .columns = columns, .stacks = &offcpu_layout};

static void offcputime_set_up(void)
{
	offcpu_check();
	snprintf(title, sizeof(title), "Tracing off-CPU time (us) of %s by %s stack%s", offcpu_whom(),
		stack_sides(), stack_until());
}

const struct tool tool = {
	.name = "offcputime",
	.purpose = "Shows where threads leave their CPU, and how long it takes until they have one again.",
	.details = "Waits that have not ended when the tool ends are not shown.",
	.examples = {{"-p 1234 10", "where a process waits, during ten seconds"},
		{"-m 1000", "only waits of a millisecond or more"},
		{"--flamegraph waits.svg -- make", "a flame graph of where a command and its children wait"},
		{"--state 2", "only waits that cannot be interrupted, such as those for disks"}},
	.options = options,
	.arguments = stack_duration_argument,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = offcputime_set_up,
};
