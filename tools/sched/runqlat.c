/* SPDX-License-Identifier: Apache-2.0 */
#include "tool.h"

enum { BY_NOTHING, BY_PROCESS, BY_THREAD, BY_PIDNS };

static bool milliseconds, by_process, by_thread, by_pidns;

static const struct tool_column sections[] = {
	[BY_PROCESS] = HIST_SECTION("pid", "process"),
	[BY_THREAD] = HIST_SECTION("tid", "thread"),
	[BY_PIDNS] = HIST_SECTION("pidns", "PID namespace"),
};

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing run queue latency... Hit Ctrl-C to end.",
	.table = "hist",
	.unit = "usecs",
};

static void runqlat_set_up(void)
{
	unsigned by = BY_NOTHING;

	if (by_process)
		by = BY_PROCESS;
	else if (by_thread)
		by = BY_THREAD;
	else if (by_pidns)
		by = BY_PIDNS;
	tool_set_number("by", by);
	if (by)
		view.section = &sections[by];
	if (milliseconds) {
		tool_set_number("unit", 1000000);
		view.unit = "msecs";
	}
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_FLAG('P', "pids", "a histogram for each process", .value = &by_process),
	OPTION_FLAG(0, "pidnss", "a histogram for each PID namespace", .value = &by_pidns),
	OPTION_FLAG('L', "tids", "a histogram for each thread", .value = &by_thread),
	OPTION_LETTER('c', "cgroup"),
	{0},
};

const struct tool tool = {
	.name = "runqlat",
	.purpose = "Shows how long tasks wait for a CPU.",
	.examples = {{"-P 1 10", "a histogram for each process, every second, ten times"},
		{"-m -- make -j8", "how long the processes of a command wait"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.view = &view,
	.set_up = runqlat_set_up,
};
