/* SPDX-License-Identifier: Apache-2.0 */
#include "biolatpcts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "disk.h"
#include "hist_percentiles.h"
#include "settings.h"
#include "tool.h"

#define DEFAULT_PERCENTILES "1,5,10,16,25,50,75,84,90,95,99,100"
#define MS 1000000
#define SECOND 1000000000

static int64_t interval = 3; /* seconds; 0: ends at once; -1: until a signal asks for it */
static struct hist_percentiles percentiles;
static struct value disk_name;
static uint32_t disk;

static struct bcc *handle;
static struct {
	uint64_t now[SLOTS], begin[SLOTS]; /* begin: of this period */
	uint64_t counts[SLOTS], count;	   /* in this period */
} kinds[KINDS];
static uint64_t computed_at;
static bool begin_period; /* after this output */
static int signals = -1;

/* ---- the numbers ---- */

static int biolatpcts_add(void *ctx, const void *key, const void *value)
{
	struct slot slot;

	memcpy(&slot, key, sizeof(slot));
	if (slot.kind < KINDS && slot.slot < SLOTS)
		memcpy(&kinds[slot.kind].now[slot.slot], value, sizeof(uint64_t));
	return 0;
}

/* Once for each output. */
static void biolatpcts_compute(const struct tool_row *row)
{
	struct value time;

	tool_output_time(row, &time);
	if (computed_at == time.number)
		return;
	computed_at = time.number;
	if (bcc_table_each(bcc_table_find(handle, "slots"), biolatpcts_add, NULL))
		tool_warn("%s", bcc_error(handle));
	for (int kind = 0; kind < KINDS; kind++) {
		kinds[kind].count = 0;
		for (int i = 0; i < SLOTS; i++) {
			kinds[kind].counts[i] = kinds[kind].now[i] - kinds[kind].begin[i];
			kinds[kind].count += kinds[kind].counts[i];
		}
		if (begin_period)
			memcpy(kinds[kind].begin, kinds[kind].now, sizeof(kinds[kind].now));
	}
	begin_period = interval > 0;
}

static void biolatpcts_value(const struct tool_row *row, struct value *value, unsigned index)
{
	const struct entry *e = row->data;

	biolatpcts_compute(row);
	value->kind = VALUE_NONE;
	if (!kinds[e->kind].count)
		return;
	value->kind = VALUE_DURATION;
	value->signed_number = slot_end(
		hist_percentiles_slot(kinds[e->kind].counts, kinds[e->kind].count, percentiles.of[index]));
}

/* With its unit, as short as BCC's. */
static void biolatpcts_text(const struct tool_row *row, struct value *value, unsigned index)
{
	static char text[32];
	double ns;

	biolatpcts_value(row, value, index);
	if (value->kind == VALUE_NONE)
		return;
	ns = value->signed_number;
	if (ns > SECOND)
		snprintf(text, sizeof(text), "%.1fs", ns / SECOND);
	else if (ns > 10 * MS)
		snprintf(text, sizeof(text), "%.0fms", ns / MS);
	else if (ns > MS)
		snprintf(text, sizeof(text), "%.1fms", ns / MS);
	else
		snprintf(text, sizeof(text), "%.0fus", ns / 1000);
	value_text(value, text, strlen(text));
}

static void biolatpcts_count(const struct tool_row *row, struct value *value)
{
	const struct entry *e = row->data;

	biolatpcts_compute(row);
	value_unsigned(value, kinds[e->kind].count);
}

static void biolatpcts_kind(const struct tool_row *row, struct value *value)
{
	static const char *const names[KINDS] = {[KIND_READ] = "read",
		[KIND_WRITE] = "write",
		[KIND_DISCARD] = "discard",
		[KIND_FLUSH] = "flush"};
	const struct entry *e = row->data;

	value_text(value, names[e->kind], strlen(names[e->kind]));
}

static int biolatpcts_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct entry *x = a->data, *y = b->data;

	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* ---- columns: one for each percentile, and one with its number ---- */

#define GETTERS(i)                                                                                           \
	static void biolatpcts_text_##i(const struct tool_row *row, struct value *value)                     \
	{                                                                                                    \
		biolatpcts_text(row, value, i);                                                              \
	}                                                                                                    \
	static void biolatpcts_value_##i(const struct tool_row *row, struct value *value)                    \
	{                                                                                                    \
		biolatpcts_value(row, value, i);                                                             \
	}
/* as many as there may be percentiles */
#define ALL(GETTER)                                                                                          \
	GETTER(0)                                                                                            \
	GETTER(1)                                                                                            \
	GETTER(2)                                                                                            \
	GETTER(3)                                                                                            \
	GETTER(4)                                                                                            \
	GETTER(5)                                                                                            \
	GETTER(6)                                                                                            \
	GETTER(7)                                                                                            \
	GETTER(8)                                                                                            \
	GETTER(9)                                                                                            \
	GETTER(10)                                                                                           \
	GETTER(11)                                                                                           \
	GETTER(12)                                                                                           \
	GETTER(13)                                                                                           \
	GETTER(14)                                                                                           \
	GETTER(15)
ALL(GETTERS)

#define PAIR(i) {biolatpcts_text_##i, biolatpcts_value_##i},
static const struct {
	void (*text)(const struct tool_row *row, struct value *value);
	void (*value)(const struct tool_row *row, struct value *value);
} getters[HIST_PERCENTILES] = {ALL(PAIR)};

static struct tool_column columns[1 + 2 * HIST_PERCENTILES + 2] = {
	COLUMN_BY("TYPE", -7, VALUE_TEXT, biolatpcts_kind,
		"read, write, discard or flush; further columns are the percentiles, such as 99.9",
		.json = "type"),
};

static void biolatpcts_set_columns(void)
{
	static char names[HIST_PERCENTILES][16], in_json[HIST_PERCENTILES][24], heading[64];
	struct tool_column *column = columns;

	snprintf(heading, sizeof(heading), "%.*s", (int)disk_name.length, disk_name.text);
	(column++)->heading = heading;
	for (unsigned i = 0; i < percentiles.count; i++) {
		char *name = names[i];

		hist_percentiles_name(percentiles.of[i], name, sizeof(names[i]));
		*column++ = (struct tool_column)COLUMN_BY(name, strlen(name) > 5 ? (short)strlen(name) : 5,
			VALUE_TEXT, getters[i].text, "percentile", .not_in_json = true);
	}
	for (unsigned i = 0; i < percentiles.count; i++) {
		char *name = in_json[i];

		snprintf(name, sizeof(in_json[i]), "p%.15s_ns", names[i]);
		*column++ = (struct tool_column)COLUMN_BY(name, 10, VALUE_DURATION, getters[i].value,
			"percentile in nanoseconds", .hidden = true, .in_json = true, .json = name);
	}
	*column = (struct tool_column)COLUMN_BY(
		"COUNT", 8, VALUE_UNSIGNED, biolatpcts_count, "requests", .hidden = true, .in_json = true);
}

/* ---- options ---- */

static void biolatpcts_disk(const char *argument)
{
	if (!disk_find(argument, &disk))
		tool_usage("no such disk '%s'", argument);
	tool_set_number("only_disk", disk);
	disk_value(&disk_name, disk);
}

static void biolatpcts_percentiles(const char *argument)
{
	hist_percentiles_read(&percentiles, argument);
}

static void biolatpcts_interval(const char *argument)
{
	interval = strcmp(argument, "-1") ? (int64_t)argument_number(argument, 0, INT32_MAX) : -1;
}

static void biolatpcts_which(const char *argument)
{
	if (!strcmp(argument, "from-rq-alloc"))
		tool_define("FROM_ALLOCATION");
	else if (!strcmp(argument, "after-rq-alloc"))
		tool_set_number("with_queue", true);
	else if (strcmp(argument, "on-device") != 0)
		tool_usage("'%s' is not one of from-rq-alloc, after-rq-alloc, on-device", argument);
}

static void biolatpcts_set_up(void)
{
	if (!disk && !settings.describe && !settings.dump_text)
		tool_usage("which disk? For example: sda");
	if (!percentiles.count)
		hist_percentiles_read(&percentiles, DEFAULT_PERCENTILES);
	biolatpcts_set_columns();
	settings.interval = interval > 0 ? interval : 0;
	begin_period = interval > 0;
}

/* ---- signals ---- */

static void biolatpcts_signal(void)
{
	struct signalfd_siginfo signal;

	while (read(signals, &signal, sizeof(signal)) == sizeof(signal)) {
		begin_period |= signal.ssi_signo == SIGUSR1;
		tool_output_now();
	}
}

static int biolatpcts_attached(struct bcc *b)
{
	struct bcc_table *rows = bcc_table_find(b, "kinds");
	uint64_t zero = 0;
	sigset_t set;
	int ret = 0;

	handle = b;
	/* there is a row for each, even if it is empty */
	for (uint64_t kind = 0; kind < KINDS && !ret; kind++)
		ret = bcc_table_set(rows, &kind, sizeof(kind), &zero, sizeof(zero), 0);
	if (ret) {
		tool_warn("%s", bcc_error(b));
		return ret;
	}
	if (!interval) {
		bcc_close(b);
		exit(EXIT_SUCCESS);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals >= 0)
		tool_watch(signals, biolatpcts_signal);
	/* says that it is ready */
	if (interval < 0)
		tool_output_now();
	return 0;
}

static void biolatpcts_tear_down(void)
{
	if (signals >= 0)
		close(signals);
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('i', "interval", "SECONDS", biolatpcts_interval,
		"print so often (default 3); 0: end once it is ready, -1: print when a signal asks for it"),
	OPTION_CUSTOM('w', "which", "WHICH", biolatpcts_which,
		"the time on-device (default), after-rq-alloc (with the queue), or from-rq-alloc (with the wait for a free request; the kernel notes it only for disks whose cost is controlled)"),
	OPTION_CUSTOM('p', "pcts", "LIST", biolatpcts_percentiles,
		"these percentiles, separated by commas (default " DEFAULT_PERCENTILES ")"),
	OPTION_LETTER('j', "json"),
	{0},
};

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "DEV", NULL, biolatpcts_disk, "the disk: sda, /dev/mapper/root, 8:0"),
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.columns = columns,
	.bytes = sizeof(struct entry),
	.table = "kinds",
	.compare = biolatpcts_compare,
};

const struct tool tool = {
	.name = "biolatpcts",
	.purpose = "Shows percentiles of the times that requests to a disk take.",
	.details =
		"A percentile is at most 1.6 percent more than the true one. Times are those that the kernel "
		"notes; it does not if the disk's queue/iostats is 0.\n"
		"\n"
		"With --interval -1, it prints when it is ready, at SIGUSR1, which begins a new period, at SIGUSR2, "
		"which does not, and at its end.",
	.examples = {{"sda", "every three seconds"},
		{"-w after-rq-alloc -p 50,99,99.9 sda", "with the queue"}},
	.options = options,
	.arguments = arguments,
	.view = &view,
	.set_up = biolatpcts_set_up,
	.attached = biolatpcts_attached,
	.tear_down = biolatpcts_tear_down,
};
