/* SPDX-License-Identifier: Apache-2.0 */
#include "futexctn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"
#include "period.h"
#include "pprof.h"
#include "settings.h"
#include "stack_view.h"
#include "text.h"

static bool milliseconds, only_summary;
static const char *unit = "usecs";
static uint64_t nanoseconds = 1000; /* of the unit */

/* ---- text ---- */

static void futexctn_text(struct buffer *out, const struct tool_row *row)
{
	const struct entry *e = row->data;
	const struct stack_key *stack = &e->key.stack;

	text_add_printable(out, stack->comm, strnlen(stack->comm, sizeof(stack->comm)));
	buffer_printf(out, "[%" PRIu32 "] lock 0x%" PRIx64 " contended %" PRIu64 " times, %" PRIu64 " avg %s",
		stack->tid, e->key.lock, e->times.count, e->times.total / e->times.count / nanoseconds, unit);
	buffer_printf(out, " [max: %" PRIu64 " %s, min %" PRIu64 " %s]\n", e->times.longest / nanoseconds,
		unit, ~e->times.shortest_inverted / nanoseconds, unit);
	if (only_summary)
		return;
	buffer_text(out, "    -\n");
	stack_text_frames(out, "    ", stack);
	buffer_text(out, "    -\n");
	hist_add_log2(out, unit, e->times.slots, STACK_HIST_SLOTS);
	buffer_char(out, '\n');
}

static const struct stack_layout layout = {
	.unit = "microseconds",
	.type = "time",
	.unit_weight = 1000,
	.by_thread = true,
	.pprof = &pprof_calls,
	.text = futexctn_text,
};

/* ---- columns ---- */

static bool futexctn_wanted(const struct tool_row *row)
{
	/* between being made and being counted */
	return ((const struct entry *)row->data)->times.count > 0;
}

static void futexctn_average(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	value->kind = VALUE_DURATION;
	value->signed_number = e->times.total / e->times.count;
}

static void futexctn_shortest(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_DURATION;
	value->signed_number = ~((const struct entry *)row->data)->times.shortest_inverted;
}

#define FUTEXCTN_TIME(name_, member_, help_)                                                                 \
	{.name = (name_),                                                                                    \
		.width = 12,                                                                                 \
		.help = (help_),                                                                             \
		.kind = VALUE_DURATION,                                                                      \
		.bytes = 8,                                                                                  \
		.offset = offsetof(struct entry, member_),                                                   \
		.format = COLUMN_US}

static const struct tool_column columns[] = {
	COLUMN_OF(struct entry, "COMM", -16, key.stack.comm, "name of the thread"),
	COLUMN_OF(struct entry, "PID", -7, key.stack.pid, "process"),
	COLUMN_OF(struct entry, "TID", -7, key.stack.tid, "thread"),
	COLUMN_OF(struct entry, "LOCK", -16, key.lock, "its address", .format = COLUMN_HEX, .digits = 1),
	COLUMN_OF(struct entry, "COUNT", 8, times.count, "how often the thread waited for it there"),
	FUTEXCTN_TIME("TOTAL(us)", times.total, "how long, in all"),
	COLUMN_BY("AVG(us)", 12, VALUE_DURATION, futexctn_average, "on average", .format = COLUMN_US),
	FUTEXCTN_TIME("MAX(us)", times.longest, "the longest time"),
	COLUMN_BY("MIN(us)", 12, VALUE_DURATION, futexctn_shortest, "the shortest time", .format = COLUMN_US),
	COLUMN_BY("USER", 0, VALUE_LIST, stack_user_value, "functions of the program, the innermost first"),
	{0},
};

static int futexctn_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	return period_read(b, "waits", add, ctx);
}

static struct tool_view view = {
	.kind = TOOL_STACKS,
	.title = "Summarize futex contention latency, hit ctrl-c to exit",
	.collect = futexctn_collect,
	.columns = columns,
	.bytes = sizeof(struct entry),
	.wanted = futexctn_wanted,
	.compare = stack_compare,
	.stacks = &layout,
};

/* ---- the tool ---- */

static void futexctn_lock(const char *argument)
{
	unsigned long long lock;
	char *end;

	errno = 0;
	lock = strtoull(argument, &end, 0);
	if (errno || *end || end == argument || *argument == '-' || !lock)
		tool_usage("'%s' is not the address of a lock", argument);
	tool_set_number("only_lock", lock);
}

static void futexctn_locks(const char *argument)
{
	tool_set_entries("waits", argument_number(argument, 1, 1 << 20));
}

static void futexctn_set_up(void)
{
	stack_style.no_kernel = true;
	tool_set_number("stacks_no_kernel", true);
	if (!milliseconds)
		return;
	unit = "msecs";
	nanoseconds = 1000000;
	tool_set_number("stack_hist_unit", nanoseconds);
}

static const struct tool_option options[] = {
	OPTION_LETTER('t', "tid"),
	OPTION_CUSTOM('l', "lock", "ADDRESS", futexctn_lock, "only the lock at this address"),
	OPTION_FLAG('a', "all", "also waits that are made for condition variables, with or without a timeout",
		.variable = "all_waits"),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_FLAG('s', "summary", "no stacks and histograms", .value = &only_summary),
	STACK_OPTION_OFFSETS(0),
	OPTION_CUSTOM(0, "hash-storage-size", "COUNT", futexctn_locks,
		"how many locks, threads and stacks can be told apart between two outputs (default 10240)"),
	{0},
};

const struct tool tool = {
	.name = "futexctn",
	.purpose = "Shows how long threads wait for locks of their programs, and where.",
	.details =
		"A lock that nobody holds is taken without the kernel: only waits for others are seen. A wait that is "
		"interrupted by a signal does not count, and begins anew if the program waits on. The stacks of "
		"programs that are built without frame pointers are cut short.",
	.examples = {{"-p 1234 10 1", "a process, during ten seconds"},
		{"-s -m 5", "a line for each lock and thread, in milliseconds, every five seconds"},
		{"-l 0x55d3c80f2040 -T 1", "one lock, every second"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.view = &view,
	.set_up = futexctn_set_up,
};
