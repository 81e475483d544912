/* SPDX-License-Identifier: Apache-2.0 */
#include "runqslower.h"

#include <inttypes.h>
#include <stdio.h>

#include "tool.h"

enum { US = 1000, DEFAULT_LEAST_US = 10000 };

static uint64_t least = DEFAULT_LEAST_US * US;
static char title[128];

static const struct tool_option arguments[] = {
	OPTION_DURATION(0, "MIN_US", NULL, US,
		"only waits that were longer, in microseconds or with a unit (default 10000); 0: all",
		.value = &least, .variable = "least"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_FLAG('P', "previous", "columns with name and thread of the task that ran before",
		.columns = "PREV_COMM PREV_TID"),
	OPTION_LETTER('t', "tid"),
	OPTION_LETTER('c', "comm"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when the task got the CPU"),
	COLUMN("COMM", -16, comm, "name of the thread"),
	COLUMN("TID", -6, tid, "thread"),
	COLUMN_DURATION("LAT(us)", 14, delay, "how long it had waited", .format = COLUMN_US),
	COLUMN("PREV_COMM", -16, previous_comm, "name of the thread that ran before", .heading = "PREV COMM",
		.json = "prev_comm", .hidden = true),
	COLUMN("PREV_TID", -6, previous_tid, "thread that ran before", .heading = "PREV TID",
		.json = "prev_tid", .hidden = true),
	COLUMN("PREV_PID", -7, previous_pid, "process that ran before", .heading = "PREV PID",
		.json = "prev_pid", .hidden = true),
	COLUMN("PID", -7, pid, "process", .hidden = true, .in_json = true),
	COLUMN("UID", -6, uid, "user", .hidden = true),
	COLUMN("CPU", -4, cpu, "CPU that it got", .hidden = true),
	{0},
};

static struct tool_view view = {
	.title = title,
	.columns = columns,
	.bytes = sizeof(struct event),
};

static void runqslower_set_up(void)
{
	if (least % US)
		snprintf(title, sizeof(title), "Tracing run queue latency higher than %" PRIu64 " ns", least);
	else
		snprintf(title, sizeof(title), "Tracing run queue latency higher than %" PRIu64 " us",
			least / US);
}

const struct tool tool = {
	.name = "runqslower",
	.purpose = "Shows tasks that wait long for a CPU.",
	.examples = {{"1000", "waits of more than a millisecond"}, {"-P 5ms", "what kept them waiting, too"},
		{"0 -- make", "each wait of a command and its children"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = runqslower_set_up,
};
