/* SPDX-License-Identifier: Apache-2.0 */
#include "cpuunclaimed.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "common/cpu_list.h"
#include "report.h"
#include "settings.h"
#include "tool.h"
#include "writer.h"

static bool with_offsets;
static uint32_t cpus;

/* ---- the shares ---- */

static struct totals before;

static int cpuunclaimed_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	struct totals now, row;
	int ret = bcc_variable_get(bcc_variable_find(b, "totals"), &now, sizeof(now));

	if (ret)
		return ret;
	row = (struct totals){.samples = now.samples - before.samples,
		.running = now.running - before.running,
		.unclaimed = now.unclaimed - before.unclaimed};
	before = now;
	add(ctx, &row);
	return 0;
}

static double cpuunclaimed_percent(uint64_t part, const struct totals *t)
{
	return t->samples ? 100.0 * part / t->samples : 0;
}

static void cpuunclaimed_line(const struct tool_row *row, struct value *value)
{
	const struct totals *t = row->data;
	static char text[96];
	int length;

	if (t->samples)
		length = snprintf(text, sizeof(text), "%%CPU %6.2f%%, unclaimed idle %0.2f%%",
			cpuunclaimed_percent(t->running, t), cpuunclaimed_percent(t->unclaimed, t));
	else
		length = snprintf(text, sizeof(text), "%%CPU      -, unclaimed idle -");
	value_text(value, text, length);
}

static void cpuunclaimed_running(const struct tool_row *row, struct value *value)
{
	const struct totals *t = row->data;

	value->kind = t->samples ? VALUE_REAL : VALUE_NONE;
	value->real = cpuunclaimed_percent(t->running, t);
}

static void cpuunclaimed_unclaimed(const struct tool_row *row, struct value *value)
{
	const struct totals *t = row->data;

	value->kind = t->samples ? VALUE_REAL : VALUE_NONE;
	value->real = cpuunclaimed_percent(t->unclaimed, t);
}

static const struct tool_column columns[] = {
	COLUMN_BY("TIME", -8, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	COLUMN_BY("LINE", 0, VALUE_TEXT, cpuunclaimed_line, "both shares", .not_in_json = true),
	COLUMN_OF(struct totals, "SAMPLES", 8, samples, "of one CPU each", .hidden = true, .in_json = true),
	COLUMN_OF(struct totals, "RUNNING", 8, running, "in how many of them the CPU was busy",
		.hidden = true, .in_json = true),
	COLUMN_OF(struct totals, "UNCLAIMED", 9, unclaimed,
		"in how many it was idle while a task waited for another CPU", .hidden = true,
		.in_json = true),
	COLUMN_BY("%CPU", 6, VALUE_REAL, cpuunclaimed_running, "share of RUNNING, in percent",
		.json = "cpu_percent", .digits = 2, .hidden = true, .in_json = true),
	COLUMN_BY("%UNCLAIMED", 10, VALUE_REAL, cpuunclaimed_unclaimed, "share of UNCLAIMED, in percent",
		.json = "unclaimed_percent", .digits = 2, .hidden = true, .in_json = true),
	{0},
};

static char title[96];

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.title = title,
	.columns = columns,
	.bytes = sizeof(struct totals),
	.no_headings = true,
	.headings_once = true,
	.collect = cpuunclaimed_collect,
};

/* ---- each sample ---- */

static void cpuunclaimed_timestamp(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, ((const struct event *)row->data)->time);
}

static void cpuunclaimed_length(const void *of, const struct tool_row *row, struct value *value)
{
	value_unsigned(
		value, ((const struct queue_sample *)((const char *)row->data + (uintptr_t)of))->length);
}

static void cpuunclaimed_offset(const void *of, const struct tool_row *row, struct value *value)
{
	value_unsigned(
		value, ((const struct queue_sample *)((const char *)row->data + (uintptr_t)of))->offset);
}

/* A column for each CPU, as there are on this machine. */
static struct tool_column *sample_columns;
static char (*sample_names)[32];

static struct tool_view sample_view = {.kind = TOOL_EVENTS};

static void cpuunclaimed_make_columns(void)
{
	static const struct tool_column time = COLUMN_TIME("TIME", -8, "when it was", .hidden = true),
					timestamp = COLUMN_BY("TIMESTAMP_ns", 0, VALUE_UNSIGNED,
						cpuunclaimed_timestamp, "the same, since boot");
	size_t count = 2;

	sample_columns = buffer_grow(NULL, (3 + 2 * (size_t)cpus) * sizeof(*sample_columns));
	sample_names = buffer_grow(NULL, 2 * (size_t)cpus * sizeof(*sample_names));
	sample_columns[0] = time;
	sample_columns[1] = timestamp;
	for (size_t i = 0; i < 2 * (size_t)cpus; i++) {
		bool is_offset = i >= cpus;
		size_t cpu = i % cpus;

		snprintf(sample_names[i], sizeof(*sample_names), is_offset ? "OFFSET_ns_CPU%zu" : "CPU%zu",
			cpu);
		sample_columns[count++] = (struct tool_column){
			.name = sample_names[i],
			.help = is_offset ? "how much later it was read, with -J"
					  : "tasks that run or wait there",
			.kind = VALUE_UNSIGNED,
			.get_of = is_offset ? cpuunclaimed_offset : cpuunclaimed_length,
			.of = (const void *)(uintptr_t)offsetof(struct event, queues[cpu]),
			.hidden = is_offset && !with_offsets,
		};
	}
	sample_columns[count] = (struct tool_column){0};
	sample_view.columns = sample_columns;
	sample_view.bytes = offsetof(struct event, queues[cpus]);
}

static const struct tool_view *const views[] = {&sample_view, NULL};

/* ---- the tool ---- */

static int cpuunclaimed_attached(struct bcc *b)
{
	int ret = bcc_attach_perf_event(b, "sample",
		&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
			.config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = FREQUENCY, .cpu = -1),
		NULL);

	if (ret)
		report_failure(b);
	return ret;
}

static void cpuunclaimed_set_up(void)
{
	int all = bcc_cpus_end("present"); /* those that may come later have columns then, too */
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (all > CPUS_MOST)
		tool_usage("this machine has %d CPUs; %d are possible", all, CPUS_MOST);
	cpus = all;
	cpuunclaimed_make_columns();
	tool_set_number("cpus", cpus);
	tool_set_number("cpus_online", online);
	if (with_offsets)
		settings.format = WRITER_CSV;
	if (settings.format == WRITER_CSV) {
		if (settings.interval)
			tool_usage("-j and -J print each sample, and not every %" PRIu64 " seconds",
				settings.interval);
		tool_set_number("each_sample", true);
		tool_show(&sample_view);
		return;
	}
	if (!settings.interval)
		settings.interval = 1;
	snprintf(title, sizeof(title),
		"Sampling run queues... Output every %" PRIu64 " seconds. Hit Ctrl-C to end.",
		settings.interval);
}

static void cpuunclaimed_tear_down(void)
{
	free(sample_columns);
	free(sample_names);
}

static const struct tool_option options[] = {
	OPTION_LETTER('j', "csv"),
	OPTION_FLAG('J', "fullcsv", "the same, and when each queue was read", .value = &with_offsets),
	OPTION_FLAG('T', "timestamp", "the time of day in each line", .columns = "TIME"),
	{0},
};

const struct tool tool = {
	.name = "cpuunclaimed",
	.purpose = "Shows how much of the CPUs is idle while tasks wait for other ones.",
	.details =
		"The lengths of all run queues are read 99 times a second. A task that waits while a CPU is idle may "
		"not run there (taskset, cpusets), or the scheduler leaves it where its data is cached: less than one "
		"percent is usual. With -j or -J, each sample is a line: how many tasks run or wait on each CPU.",
	.examples = {{"5 10", "shares of five seconds, ten times"}, {"-T 1", "with the time of day"},
		{"-j", "each sample"}},
	.options = options,
	.intervals = true,
	.view = &view,
	.views = views,
	.set_up = cpuunclaimed_set_up,
	.attached = cpuunclaimed_attached,
	.tear_down = cpuunclaimed_tear_down,
};
