/* SPDX-License-Identifier: Apache-2.0 */
#define OFFCPU_WAKER
#include "offcpu_tool.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

static void offwaketime_comm(struct buffer *out, const char *what, const struct stack_key *key)
{
	buffer_printf(out, "    %-16s ", what);
	text_add_printable(out, key->comm, strnlen(key->comm, sizeof(key->comm)));
	buffer_printf(out, " %u\n", key->tid);
}

/* The waker from the inside to the outside, and below it the target from the outside to the inside. */
static void offwaketime_text(struct buffer *out, const struct tool_row *row)
{
	const struct offcpu_entry *e = row->data;

	offwaketime_comm(out, "waker:", &e->key.waker);
	stack_text_frames_reversed(out, "    ", &e->key.waker);
	buffer_printf(out, "    %-16s %s\n", "--", "--");
	stack_text_frames(out, "    ", &e->key.target);
	offwaketime_comm(out, "target:", &e->key.target);
	buffer_printf(out, "        %" PRIu64 "\n\n", stack_weight(row));
}

static void offwaketime_path(struct stack_path *path, const struct tool_row *row)
{
	const struct offcpu_entry *e = row->data;

	stack_path_comm(path, &e->key.target);
	stack_path_frames(path, &e->key.target, false);
	stack_path_add(path, STACK_PATH_OTHER, "--", 2);
	stack_path_frames(path, &e->key.waker, true);
	stack_path_comm(path, &e->key.waker);
}

static void offwaketime_waker_user(const struct tool_row *row, struct value *value)
{
	const struct offcpu_entry *e = row->data;

	stack_key_value(&e->key.waker, true, 1, value);
}

static void offwaketime_waker_kernel(const struct tool_row *row, struct value *value)
{
	const struct offcpu_entry *e = row->data;

	stack_key_value(&e->key.waker, false, 1, value);
}

static const struct stack_layout offcpu_layout = {.unit = "microseconds",
	.pprof = &pprof_calls,
	.type = "time",
	.unit_weight = 1000,
	.delimiter = "-",
	.text = offwaketime_text,
	.path = offwaketime_path};

static const struct tool_option options[] = {
	OFFCPU_OPTIONS,
	{0},
};

static const struct tool_column columns[] = {
	STACK_COLUMNS,
	COLUMN_OF(struct offcpu_entry, "TID", -7, key.target.tid, "thread"),
	COLUMN_OF(struct offcpu_entry, "WCOMM", -16, key.waker.comm, "name of the thread that woke it"),
	COLUMN_OF(struct offcpu_entry, "WPID", -7, key.waker.pid, "process of that thread"),
	COLUMN_OF(struct offcpu_entry, "WTID", -7, key.waker.tid, "that thread"),
	COLUMN_BY("WKERNEL", 0, VALUE_LIST, offwaketime_waker_kernel, "KERNEL, of the waker"),
	COLUMN_BY("WUSER", 0, VALUE_LIST, offwaketime_waker_user, "USER, of the waker"),
	OFFCPU_COLUMN_TIME,
	{0},
};

static const struct tool_view view = {OFFCPU_VIEW, .columns = columns, .stacks = &offcpu_layout};

static void offwaketime_set_up(void)
{
	offcpu_check();
	snprintf(title, sizeof(title), "Tracing blocked time (us) by %s off-CPU and waker stack%s",
		stack_sides(), stack_until());
}

const struct tool tool = {
	.name = "offwaketime",
	.purpose = "Shows where threads wait, how long, and who ends that, and where.",
	.details =
		"A thread that has lost its CPU without waiting for anything is woken by nobody. Waits that "
		"have not ended when the tool ends are not shown.",
	.examples = {{"-p 1234 10", "who lets a process wait, during ten seconds"},
		{"-K", "only functions of the kernel"},
		{"--flamegraph chains.svg 10", "a flame graph: the waiting thread below, its waker on top"}},
	.options = options,
	.arguments = stack_duration_argument,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = offwaketime_set_up,
};
