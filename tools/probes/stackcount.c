/* SPDX-License-Identifier: Apache-2.0 */
#include "stackcount.h"

#include <inttypes.h>
#include <string.h>

#include "filter.h"
#include "pprof.h"
#include "reached.h"
#include "settings.h"
#include "stack_view.h"
#include "text.h"

static bool by_process;

/* ---- text ---- */

/* With -P; of a single process the user knows which one it is. */
static void stackcount_text(struct buffer *out, const struct tool_row *row)
{
	const struct entry *e = row->data;

	stack_text_frames(out, "  ", &e->stack);
	if (by_process && !filter_single_pid()) {
		buffer_text(out, "    ");
		text_add_printable(out, e->stack.comm, strnlen(e->stack.comm, sizeof(e->stack.comm)));
		buffer_printf(out, " [%" PRIu32 "]\n", e->stack.pid);
	}
	buffer_printf(out, "    %" PRIu64 "\n\n", e->count);
}

static void stackcount_path(struct stack_path *path, const struct tool_row *row)
{
	static const char nothing[] = "[no stack]";
	const struct entry *e = row->data;

	if (by_process)
		stack_path_comm(path, &e->stack);
	stack_path_frames(path, &e->stack, false);
	/* such as a thread of the kernel with -U */
	if (!path->count)
		stack_path_add(path, STACK_PATH_OTHER, nothing, strlen(nothing));
}

static const struct stack_layout layout = {
	.unit = "calls",
	.delimiter = "  --",
	.pprof = &pprof_calls,
	.text = stackcount_text,
	.path = stackcount_path,
};

/* ---- columns ---- */

static void stackcount_comm(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	if (by_process)
		value_text(value, e->stack.comm, strnlen(e->stack.comm, sizeof(e->stack.comm)));
	else
		value->kind = VALUE_NONE;
}

static void stackcount_pid(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	if (by_process)
		value_unsigned(value, e->stack.pid);
	else
		value->kind = VALUE_NONE;
}

static const struct tool_column columns[] = {
	COLUMN_BY("COMM", -16, VALUE_TEXT, stackcount_comm, "name of the thread, with -P"),
	COLUMN_BY("PID", -7, VALUE_UNSIGNED, stackcount_pid, "process, with -P"),
	COLUMN_BY(
		"KERNEL", 0, VALUE_LIST, stack_kernel_value, "functions of the kernel, the innermost first"),
	COLUMN_BY("USER", 0, VALUE_LIST, stack_user_value, "functions of the program, the innermost first"),
	COLUMN_OF(struct entry, "COUNT", 8, count, "how often it was reached"),
	{0},
};

static struct tool_view view = {
	.kind = TOOL_STACKS,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct entry),
	.compare = stack_compare,
	.counter_offset = offsetof(struct entry, count),
	.counters = 1,
	.stacks = &layout,
};

/* ---- the tool ---- */

static void stackcount_counts(const char *argument)
{
	tool_set_entries("counts", argument_number(argument, 1, 1 << 24));
}

static void stackcount_set_up(void)
{
	stack_sides();
	/* as with BCC's tool */
	by_process |= filter_single_pid() != 0;
	tool_set_number("by_process", by_process);
	reached_set_up();
}

static int stackcount_attached(struct bcc *b)
{
	return reached_attach(b, &view, NULL);
}

static const struct tool_option arguments[] = {
	REACHED_ARGUMENT,
	{0},
};

static const struct tool_option options[] = {
	OPTION_NUMBER('i', "interval", "SECONDS", 1, 1000000000,
		"print what was counted so often; default: once, at the end", .value = &settings.interval),
	OPTION_LETTER('D', "duration"),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	REACHED_OPTION_REGEX,
	REACHED_OPTION_CPU,
	STACK_OPTION_OFFSETS('s'),
	OPTION_FLAG(
		'P', "perpid", "processes and names of threads are counted separately", .value = &by_process),
	STACK_OPTION_KERNEL('K', "kernel-stacks-only"),
	STACK_OPTION_USER('U', "user-stacks-only"),
	OPTION_FLAG('v', "verbose", "the address before each function", .value = &stack_style.addresses),
	STACK_OPTION_DELIMITED('d'),
	SETTINGS_OPTION_PRINT_TEXT(0),
	OPTION_CUSTOM(0, "hash-storage-size", "COUNT", stackcount_counts,
		"how many pairs of stacks can be counted (default 40960)"),
	{0},
};

const struct tool tool = {
	.name = "stackcount",
	.purpose = "Counts the stacks with which functions, tracepoints and static probes are reached.",
	.details =
		"What stands for a pattern is as in funccount. Without -P, stacks of all processes that run the same "
		"functions of the kernel are counted together; those of programs are always told apart, as their "
		"addresses are. The stacks of programs that are built without frame pointers are cut short.",
	.examples = {{"submit_bio", "who submits requests to block devices"},
		{"-P -i 5 't:sched:sched_process_fork'", "which processes make others, every 5 seconds"},
		{"-p 1234 c:malloc", "where a process allocates memory"},
		{"-f 'tcp_send*'", "lines for scripts that draw flame graphs"},
		{"--flamegraph out.svg -D 10 -K t:sched:sched_switch",
			"a flame graph of ten seconds, of the kernel only"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.calls = true,
	.view = &view,
	.set_up = stackcount_set_up,
	.attached = stackcount_attached,
	.tear_down = reached_tear_down,
};
