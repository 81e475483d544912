/* SPDX-License-Identifier: Apache-2.0 */
#include "cpudist.h"

#include <errno.h>
#include <string.h>

#include "each_cpu.h"
#include "tool.h"

static bool off_cpu, milliseconds, by_process, by_thread, with_sum;
static struct bcc_table *names;

/* What a process or thread was last called. */
static void cpudist_name(const struct tool_row *row, struct value *value)
{
	static union name name;
	uint64_t section;
	uint32_t id;

	memcpy(&section, row->data, sizeof(section));
	id = section;
	value->kind = VALUE_NONE;
	/* the idle tasks of all CPUs are one section */
	if (id && !bcc_table_get(names, &id, sizeof(id), &name, sizeof(name)))
		value_text(value, name.comm, strnlen(name.comm, sizeof(name.comm)));
}

static const struct tool_column sections[] = {
	[BY_PROCESS] = HIST_SECTION("pid", "process"),
	[BY_THREAD] = HIST_SECTION("tid", "thread"),
};

static const struct tool_column section_name =
	COLUMN_BY("comm", 0, VALUE_TEXT, cpudist_name, "name of the process or thread");

static int cpudist_last(struct bcc *b);

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Tracing on-CPU time... Hit Ctrl-C to end.",
	.table = "hist",
	.unit = "usecs",
	.sum_unit = 1000,
	.last = cpudist_last,
};

static void cpudist_set_up(void)
{
	unsigned by = by_process ? BY_PROCESS : by_thread ? BY_THREAD : BY_NOTHING;

	tool_set_number("by", by);
	if (by) {
		view.section = &sections[by];
		view.section_name = &section_name;
	}
	if (off_cpu) {
		view.title = "Tracing off-CPU time... Hit Ctrl-C to end.";
		view.last = NULL;
	}
	if (with_sum)
		view.sum = "hist_sum";
	if (milliseconds) {
		view.sum_unit = 1000000;
		tool_set_number("unit", view.sum_unit);
		view.unit = "msecs";
	}
}

/* Tasks that already run count from here on. */
static int cpudist_attached(struct bcc *b)
{
	int ret;

	names = bcc_table_find(b, "names");
	if (off_cpu)
		return 0;
	ret = each_cpu_run(b, "begin");
	if (ret == -EOPNOTSUPP) {
		tool_warn("this kernel (before 5.10) does not show what runs when tracing begins and ends");
		view.last = NULL;
		return 0;
	}
	if (ret)
		tool_warn("cannot find out what runs: %s", *bcc_error(b) ? bcc_error(b) : strerror(-ret));
	return ret;
}

/* Tasks that still run count up to here. */
static int cpudist_last(struct bcc *b)
{
	return each_cpu_run(b, "end");
}

static const struct tool_option options[] = {
	OPTION_FLAG('O', "offcpu", "how long tasks are off the CPU instead", .value = &off_cpu,
		.variable = "off_cpu"),
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG('m', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	OPTION_FLAG('P', "pids", "a histogram for each process", .value = &by_process),
	OPTION_FLAG('L', "tids", "a histogram for each thread", .value = &by_thread),
	OPTION_FLAG('I', "include-idle", "the idle tasks too", .variable = "include_idle"),
	OPTION_FLAG(
		'e', "extension", "average, total and count too", .value = &with_sum, .variable = "with_sum"),
	OPTION_LETTER('c', "cgroup"),
	{0},
};

const struct tool tool = {
	.name = "cpudist",
	.purpose = "Shows how long tasks stay on a CPU, or off it.",
	.details =
		"A time begins and ends when the scheduler switches between tasks. Tasks that run when tracing "
		"begins count from then on, and tasks that run when it ends with the time so far, so that a "
		"task that never leaves its CPU is seen. Off the CPU are tasks that sleep, and those that wait "
		"for a CPU; a time counts when it is over.",
	.examples = {{"-P 1 10", "a histogram for each process, every second, ten times"},
		{"-O -e -- make", "how long the processes of a command are off the CPU, with the average"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.view = &view,
	.set_up = cpudist_set_up,
	.attached = cpudist_attached,
};
