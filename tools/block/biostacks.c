/* SPDX-License-Identifier: Apache-2.0 */
#include "biostacks.h"

#include <inttypes.h>
#include <string.h>

#include "block_tool.h"
#include "hist.h"
#include "pprof.h"
#include "stack_view.h"
#include "text.h"

static bool milliseconds, with_user;

/* ---- text ---- */

/* Any user can give a process its name. */
static void biostacks_text(struct buffer *out, const struct tool_row *row)
{
	const struct entry *e = row->data;
	const struct stack_key *stack = &e->key.stack;
	struct value disk;
	size_t start = out->size;

	text_add_printable(out, stack->comm, strnlen(stack->comm, sizeof(stack->comm)));
	if (out->size - start < 14)
		buffer_fill(out, ' ', 14 - (out->size - start));
	disk_value(&disk, e->key.device);
	buffer_printf(out, " %-6" PRIu32 " %-7.*s\n", stack->pid,
		disk.kind == VALUE_TEXT ? (int)disk.length : 1, disk.kind == VALUE_TEXT ? disk.text : "-");
	stack_text_frames(out, "", stack);
	hist_add_log2(out, milliseconds ? "msecs" : "usecs", e->times.slots, STACK_HIST_SLOTS);
	buffer_char(out, '\n');
}

static const struct stack_layout layout = {
	.unit = "microseconds",
	.type = "time",
	.unit_weight = 1000,
	.pprof = &pprof_calls,
	.text = biostacks_text,
};

/* ---- columns ---- */

static bool biostacks_wanted(const struct tool_row *row)
{
	/* between being made and being counted */
	return ((const struct entry *)row->data)->times.count > 0;
}

static void biostacks_disk(const struct tool_row *row, struct value *value)
{
	disk_value(value, ((const struct entry *)row->data)->key.device);
}

static const struct tool_column columns[] = {
	STACK_COLUMNS,
	COLUMN_BY("DISK", -7, VALUE_TEXT, biostacks_disk, "disk"),
	COLUMN_OF(struct entry, "COUNT", 8, times.count, "how many requests"),
	{.name = "TOTAL(us)",
		.width = 12,
		.help = "how long they took, in all",
		.kind = VALUE_DURATION,
		.bytes = 8,
		.offset = offsetof(struct entry, times.total),
		.format = COLUMN_US},
	{.name = "MAX(us)",
		.width = 12,
		.help = "how long the longest took",
		.kind = VALUE_DURATION,
		.bytes = 8,
		.offset = offsetof(struct entry, times.longest),
		.format = COLUMN_US},
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_STACKS,
	.title = "Tracing block I/O with init stacks. Hit Ctrl-C to end.",
	.table = "requests",
	.columns = columns,
	.bytes = sizeof(struct entry),
	.wanted = biostacks_wanted,
	.compare = stack_compare,
	.stacks = &layout,
};

/* ---- the tool ---- */

static void biostacks_entries(const char *argument)
{
	tool_set_entries("requests", argument_number(argument, 1, 1 << 20));
}

static void biostacks_set_up(void)
{
	stack_style.no_user = !with_user;
	tool_set_number("stacks_no_user", !with_user);
	if (milliseconds)
		tool_set_number("stack_hist_unit", 1000000);
}

static const struct tool_option options[] = {
	BLOCK_OPTION_DISK,
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_FLAG(0, "user", "the stacks of programs too, below those of the kernel", .value = &with_user),
	STACK_OPTION_DELIMITED(0),
	STACK_OPTION_OFFSETS(0),
	OPTION_CUSTOM(0, "hash-storage-size", "COUNT", biostacks_entries,
		"how many stacks, processes and disks can be told apart (default 10240)"),
	{0},
};

const struct tool tool = {
	.name = "biostacks",
	.purpose = "Shows where requests to block devices come from, and how long they take.",
	.details =
		"Requests are counted by the stack with which they were submitted, and their time begins then. What "
		"the page cache writes back is submitted by threads of the kernel.",
	.examples = {{"10", "what comes from where, during ten seconds"},
		{"-d sda -m", "one disk, in milliseconds"},
		{"--flamegraph out.svg 10", "a flame graph of the time that requests take"}},
	.options = options,
	.arguments = stack_duration_argument,
	.filters = TOOL_FILTERS,
	.sources = block_sources,
	.view = &view,
	.set_up = biostacks_set_up,
	.tear_down = kernel_enum_close,
};
