/* SPDX-License-Identifier: Apache-2.0 */
#include "runqlen.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "common/cpu_list.h"
#include "report.h"
#include "tool.h"

enum { FREQUENCY = 99 };

static uint64_t frequency = FREQUENCY;
static bool occupancy, by_cpu;

static int runqlen_attached(struct bcc *b)
{
	int ret = bcc_attach_perf_event(b, "sample",
		&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
			.config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = frequency, .cpu = -1),
		NULL);

	if (ret)
		report_failure(b);
	return ret;
}

/* ---- occupancy: how often at least one task waits ---- */

struct occupancy {
	uint64_t cpu, samples, queued;
};

static struct {
	struct occupancy *now, *before; /* by CPU */
	size_t cpus;
} occupancies;

static int runqlen_add(void *ctx, const void *key, const void *value)
{
	struct runqlen_key k;
	uint64_t count;

	memcpy(&k, key, sizeof(k));
	memcpy(&count, value, sizeof(count));
	if (k.cpu >= occupancies.cpus)
		return 0;
	occupancies.now[k.cpu].samples += count;
	if (k.length)
		occupancies.now[k.cpu].queued += count;
	return 0;
}

/* Counts are never set back. */
static int runqlen_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	size_t bytes;
	int ret;

	if (!occupancies.cpus)
		occupancies.cpus = by_cpu ? bcc_cpus_end("possible") : 1;
	bytes = occupancies.cpus * sizeof(*occupancies.now);
	if (!occupancies.before) {
		occupancies.before = buffer_grow(NULL, bytes);
		occupancies.now = buffer_grow(NULL, bytes);
		memset(occupancies.before, 0, bytes);
	}
	memset(occupancies.now, 0, bytes);
	ret = bcc_table_each(bcc_table_find(b, "hist"), runqlen_add, NULL);
	for (size_t i = 0; i < occupancies.cpus && !ret; i++) {
		struct occupancy row = occupancies.now[i];

		row.cpu = i;
		row.samples -= occupancies.before[i].samples;
		row.queued -= occupancies.before[i].queued;
		/* a CPU that is offline is never sampled */
		if (row.samples || !by_cpu)
			add(ctx, &row);
	}
	memcpy(occupancies.before, occupancies.now, bytes);
	return ret;
}

static double runqlen_percent(const struct tool_row *row)
{
	const struct occupancy *o = row->data;

	return o->samples ? 100.0 * o->queued / o->samples : 0;
}

static void runqlen_line(const struct tool_row *row, struct value *value)
{
	static char text[64];
	int length;

	if (by_cpu)
		length = snprintf(text, sizeof(text), "runqocc, CPU %-3d %6.2f%%",
			(int)((const struct occupancy *)row->data)->cpu, runqlen_percent(row));
	else
		length = snprintf(text, sizeof(text), "runqocc: %0.2f%%", runqlen_percent(row));
	value_text(value, text, length);
}

static void runqlen_cpu(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_NONE;
	if (by_cpu)
		value_unsigned(value, ((const struct occupancy *)row->data)->cpu);
}

static void runqlen_occupancy(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_REAL;
	value->real = runqlen_percent(row);
}

static const struct tool_column columns[] = {
	COLUMN_BY("LINE", 0, VALUE_TEXT, runqlen_line, "the share of samples in which tasks wait",
		.not_in_json = true),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	COLUMN_BY("CPU", 4, VALUE_UNSIGNED, runqlen_cpu, "where, with -C", .hidden = true, .in_json = true),
	COLUMN_OF(struct occupancy, "SAMPLES", 8, samples, "how many there are", .hidden = true,
		.in_json = true),
	COLUMN_OF(struct occupancy, "QUEUED", 8, queued, "in how many of them tasks wait", .hidden = true,
		.in_json = true),
	COLUMN_BY("RUNQOCC", 8, VALUE_REAL, runqlen_occupancy, "the share of them, in percent",
		.json = "runqocc_percent", .digits = 2, .hidden = true, .in_json = true),
	{0},
};

#define TITLE "Sampling run queue length... Hit Ctrl-C to end."

static struct tool_view occupancy_view = {
	.kind = TOOL_ENTRIES,
	.title = TITLE,
	.columns = columns,
	.bytes = sizeof(struct occupancy),
	.no_headings = true,
	.collect = runqlen_collect,
};

/* ---- lengths ---- */

static const struct tool_column section = HIST_SECTION("cpu", "CPU");

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = TITLE,
	.table = "hist",
	.unit = "runqlen",
	.linear = true,
};

static const struct tool_view *const views[] = {&occupancy_view, NULL};

static void runqlen_set_up(void)
{
	if (by_cpu)
		view.section = &section;
	occupancy_view.show_time = view.show_time;
	if (occupancy)
		tool_show(&occupancy_view);
}

static void runqlen_tear_down(void)
{
	free(occupancies.now);
	free(occupancies.before);
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &view.show_time),
	OPTION_FLAG('O', "runqocc", "how often tasks wait, instead of how many", .value = &occupancy),
	OPTION_FLAG('C', "cpus", "each CPU for itself", .value = &by_cpu, .variable = "by_cpu"),
	OPTION_NUMBER(
		'f', "frequency", "HERTZ", 1, 100000, "samples a second (default 99)", .value = &frequency),
	{0},
};

const struct tool tool = {
	.name = "runqlen",
	.purpose = "Shows how many tasks wait for a CPU: samples of the lengths of run queues.",
	.details = "Tasks of all kinds and of all control groups count, except for the one that runs.",
	.examples = {{"1 10", "every second, ten times"}, {"-C 1", "each CPU for itself"},
		{"-O 1", "in how many of the samples tasks wait"}},
	.options = options,
	.intervals = true,
	.view = &view,
	.views = views,
	.set_up = runqlen_set_up,
	.attached = runqlen_attached,
	.tear_down = runqlen_tear_down,
};
