/* SPDX-License-Identifier: Apache-2.0 */
#include "swapin.h"

#include <stddef.h>
#include <string.h>

#include "tool.h"

static bool no_time;

static void swapin_count(const struct tool_row *row, struct value *value)
{
	uint64_t count;

	memcpy(&count, ((const struct event *)row->data)->count, sizeof(count));
	value_unsigned(value, count);
}

/* As BCC's tool has them, the greatest last. */
static int swapin_compare(const struct tool_row *a, const struct tool_row *b)
{
	struct value x, y;

	swapin_count(a, &x);
	swapin_count(b, &y);
	return (x.number > y.number) - (x.number < y.number);
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "notime", "without the time of day before each output", .value = &no_time),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN("COMM", -16, key.comm, "name of the thread"),
	COLUMN("PID", -7, key.pid, "its process"),
	COLUMN_BY("COUNT", 0, VALUE_UNSIGNED, swapin_count, "how often it has had something read from swap"),
	{0},
};

static struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.title = "Counting swap ins. Ctrl-C to end.",
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.compare = swapin_compare,
	.counter_offset = offsetof(struct event, count),
	.counters = 1,
};

static void swapin_set_up(void)
{
	view.show_time = !no_time;
}

static const struct tool_source sources[] = {
	{.name = "fentry on swap_read_folio", .programs = "kfunc__vmlinux__swap_read_folio"},
	{.name = "kprobe on swap_read_folio", .programs = "kprobe__swap_read_folio"},
	{.name = "fentry on swap_readpage", .programs = "kfunc__vmlinux__swap_readpage"},
	{.name = "kprobe on swap_readpage", .programs = "kprobe__swap_readpage"},
	{0},
};

const struct tool tool = {
	.name = "swapin",
	.purpose = "Counts how often processes have memory read back from swap.",
	.details = "The kernel reads more pages than the one that is needed if it expects that they will be "
		   "(/proc/sys/vm/page-cluster): each read counts.",
	.examples = {{"", "every second"}, {"-T 5 12 -p 1234", "a process for a minute, without times"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.sources = sources,
	.view = &view,
	.set_up = swapin_set_up,
};
