/* SPDX-License-Identifier: Apache-2.0 */
#include "wqlat.h"

#include <string.h>

#include "tool.h"

static bool by_queue, nanoseconds;

static void wqlat_queue(const struct tool_row *row, struct value *value)
{
	const struct wqlat_queue *queue = row->data;

	value_text(value, queue->name, strnlen(queue->name, sizeof(queue->name)));
}

static const struct tool_column section = COLUMN_BY("wqname", 0, VALUE_TEXT, wqlat_queue, "the work queue");

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing work queue request latency time... Hit Ctrl-C to end.",
	.table = "hist",
	.unit = "usecs",
};

static void wqlat_one(const char *argument)
{
	struct wqlat_queue queue = {0};

	if (!*argument)
		tool_usage("the name of a work queue is missing");
	/* the kernel cuts them too */
	memcpy(queue.name, argument, strnlen(argument, sizeof(queue.name) - 1));
	tool_set("wanted", &queue, sizeof(queue));
	tool_set_number("one_queue", true);
}

static void wqlat_set_up(void)
{
	if (by_queue)
		view.section = &section;
	if (nanoseconds) {
		view.unit = "nsecs";
		tool_set_number("unit", 1);
	}
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG('N', "nanoseconds", "in nanoseconds instead of microseconds", .value = &nanoseconds),
	OPTION_FLAG('W', "workqueues", "a histogram for each work queue", .value = &by_queue,
		.variable = "by_queue"),
	OPTION_CUSTOM('w', "wqname", "NAME", wqlat_one, "only this work queue"),
	{0},
};

const struct tool tool = {
	.name = "wqlat",
	.purpose = "Shows how long work waits in work queues of the kernel until it is begun.",
	.examples = {{"-W 1 10", "a histogram for each work queue, every second, ten times"},
		{"-w events_unbound", "only that one"}},
	.options = options,
	.intervals = true,
	.view = &view,
	.set_up = wqlat_set_up,
};
