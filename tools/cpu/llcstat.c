/* SPDX-License-Identifier: Apache-2.0 */
#include "llcstat.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "report.h"
#include "settings.h"
#include "tool.h"

#define SECOND 1000000000ULL

static uint64_t period = 100;
static bool by_thread, software;
static struct llcstat_value total;

/* ---- which events ---- */

static int llcstat_attach(struct bcc *b, const char *program, unsigned type, uint64_t config)
{
	return bcc_attach_perf_event(b, program,
		&BCC_OPTS(struct bcc_perf_event_opts, .type = type, .config = config, .sample_period = period,
			.cpu = -1),
		NULL);
}

static int llcstat_attached(struct bcc *b)
{
	unsigned type = software ? PERF_TYPE_SOFTWARE : PERF_TYPE_HARDWARE;
	int ret = llcstat_attach(
		b, "miss", type, software ? PERF_COUNT_SW_CONTEXT_SWITCHES : PERF_COUNT_HW_CACHE_MISSES);

	if (!ret)
		ret = llcstat_attach(b, "reference", type,
			software ? PERF_COUNT_SW_PAGE_FAULTS : PERF_COUNT_HW_CACHE_REFERENCES);
	if (ret == -ENOENT || ret == -EOPNOTSUPP || ret == -ENODEV)
		tool_warn("this machine does not count references to caches: virtual machines often cannot");
	else if (ret)
		report_failure(b);
	return ret;
}

/* ---- rows ---- */

static void llcstat_hit(const struct tool_row *row, struct value *value)
{
	const struct llcstat_value *v = &((const struct llcstat_entry *)row->data)->value;

	value->kind = VALUE_NONE;
	if (!v->references)
		return;
	/* samples of the one may come before those of the other */
	value->kind = VALUE_REAL;
	value->real = v->references > v->misses ? 100.0 * (v->references - v->misses) / v->references : 0;
}

static int llcstat_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct llcstat_key *x = &((const struct llcstat_entry *)a->data)->key,
				 *y = &((const struct llcstat_entry *)b->data)->key;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->tid != y->tid)
		return x->tid < y->tid ? -1 : 1;
	return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

struct llcstat_reader {
	void (*add)(void *ctx, const void *record);
	void *ctx;
};

static int llcstat_add(void *ctx, const void *key, const void *value)
{
	const struct llcstat_reader *r = ctx;
	struct llcstat_entry entry;

	memcpy(&entry.key, key, sizeof(entry.key));
	memcpy(&entry.value, value, sizeof(entry.value));
	total.references += entry.value.references;
	total.misses += entry.value.misses;
	r->add(r->ctx, &entry);
	return 0;
}

static int llcstat_collect(struct bcc *b, void (*add)(void *ctx, const void *record), void *ctx)
{
	struct llcstat_reader reader = {.add = add, .ctx = ctx};

	total = (struct llcstat_value){0};
	return bcc_table_each(bcc_table_find(b, "counts"), llcstat_add, &reader);
}

static void llcstat_total(struct buffer *out)
{
	double hits = (double)total.references - total.misses;

	buffer_printf(out, "Total References: %" PRIu64 " Total Misses: %" PRIu64 " Hit Rate: %.2f%%\n",
		total.references, total.misses,
		total.references && hits > 0 ? 100 * hits / total.references : 0.0);
}

static const struct tool_column columns[] = {
	COLUMN_OF(struct llcstat_entry, "PID", -8, key.pid, "process"),
	COLUMN_OF(struct llcstat_entry, "TID", -8, key.tid, "thread", .hidden = true),
	COLUMN_OF(struct llcstat_entry, "NAME", -16, key.comm, "name of the thread"),
	COLUMN_OF(struct llcstat_entry, "CPU", -4, key.cpu, "where"),
	COLUMN_OF(struct llcstat_entry, "REFERENCE", 12, value.references, "references to the cache"),
	COLUMN_OF(struct llcstat_entry, "MISS", 12, value.misses, "those that it could not answer"),
	COLUMN_BY("HIT%", 7, VALUE_REAL, llcstat_hit, "the share of the others, in percent", .digits = 2,
		.json = "hit_percent"),
	{0},
};

static char title[64];

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.title = title,
	.columns = columns,
	.bytes = sizeof(struct llcstat_entry),
	.collect = llcstat_collect,
	.compare = llcstat_compare,
	.below = llcstat_total,
};

static void llcstat_set_up(void)
{
	if (!settings.duration)
		settings.duration = 10 * SECOND;
	snprintf(title, sizeof(title), "Running for %g seconds or hit Ctrl-C to end.",
		(double)settings.duration / SECOND);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "DURATION", "SECONDS", argument_run_time, "end after this time (default 10)"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_NUMBER('c', "sample_period", "COUNT", 1, UINT32_MAX,
		"look at one of so many references and misses (default 100)", .value = &period),
	OPTION_FLAG('t', "tid", "each thread for itself", .value = &by_thread, .variable = "by_thread",
		.columns = "TID"),
	OPTION_FLAG(0, "software",
		"page faults instead of references, context switches instead of misses: to try the tool",
		.value = &software, .hidden = true),
	{0},
};

const struct tool tool = {
	.name = "llcstat",
	.purpose = "Shows references to the last-level cache of processes, and how many it could not answer.",
	.details = "The numbers are estimated: of each so many references or misses, one is looked at, and "
		   "stands for all of them.",
	.examples = {{"20", "for twenty seconds"}, {"-t -p 1234", "the threads of a process"},
		{"-c 1000", "fewer looks, which slow down less"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = llcstat_set_up,
	.attached = llcstat_attached,
};
