/* SPDX-License-Identifier: Apache-2.0 */
#define OFFCPU_WAKER
#include "offcpu_tool.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

static void wakeuptime_comm(struct buffer *out, const char *what, const struct stack_key *key)
{
	buffer_printf(out, "    %-16s ", what);
	text_add_printable(out, key->comm, strnlen(key->comm, sizeof(key->comm)));
	buffer_char(out, '\n');
}

static void wakeuptime_text(struct buffer *out, const struct tool_row *row)
{
	const struct offcpu_entry *e = row->data;

	wakeuptime_comm(out, "target:", &e->key.target);
	stack_text_frames(out, "    ", &e->key.waker);
	wakeuptime_comm(out, "waker:", &e->key.waker);
	buffer_printf(out, "        %" PRIu64 "\n\n", stack_weight(row));
}

static void wakeuptime_path(struct stack_path *path, const struct tool_row *row)
{
	const struct offcpu_entry *e = row->data;

	stack_path_comm(path, &e->key.waker);
	stack_path_frames(path, &e->key.waker, false);
	stack_path_comm(path, &e->key.target);
}

static void wakeuptime_kernel(const struct tool_row *row, struct value *value)
{
	const struct offcpu_entry *e = row->data;

	stack_key_value(&e->key.waker, false, 0, value);
}

static const struct stack_layout offcpu_layout = {.unit = "microseconds",
	.pprof = &pprof_calls,
	.type = "time",
	.unit_weight = 1000,
	.text = wakeuptime_text,
	.path = wakeuptime_path};

static const struct tool_option options[] = {
	STACK_OPTION_PID,
	OPTION_FLAG('u', "useronly", "only threads of programs, not of the kernel", .value = &only_user,
		.variable = "only_user_threads"),
	OPTION_FLAG('v', "verbose", "the address before each function", .value = &stack_style.addresses),
	OFFCPU_OPTION_TIMES,
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_OF(struct offcpu_entry, "TARGET", -16, key.target.comm, "name of the thread that waited"),
	COLUMN_OF(struct offcpu_entry, "WAKER", -16, key.waker.comm, "name of the thread that woke it"),
	COLUMN_BY("KERNEL", 0, VALUE_LIST, wakeuptime_kernel,
		"functions of the kernel in which the waker was, the innermost first"),
	OFFCPU_COLUMN_TIME,
	{0},
};

static const struct tool_view view = {OFFCPU_VIEW, .columns = columns, .stacks = &offcpu_layout};

static void wakeuptime_set_up(void)
{
	offcpu_check();
	/* wakers are told apart by their names and by what the kernel does for them */
	tool_set_number("stacks_no_user", true);
	snprintf(title, sizeof(title), "Tracing blocked time (us) by kernel stack%s", stack_until());
}

const struct tool tool = {
	.name = "wakeuptime",
	.purpose =
		"Shows who wakes threads, in which functions of the kernel, and how long these have slept.",
	.examples = {{"5", "for five seconds"}, {"-p 1234", "who wakes the threads of a process"},
		{"-f 5", "lines for scripts that draw flame graphs"}},
	.options = options,
	.arguments = stack_duration_argument,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = wakeuptime_set_up,
};
