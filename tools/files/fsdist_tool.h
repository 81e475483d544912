/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The description of fsdist, and of its other names, which define before it is included:
 *
 *   FSDIST_NAME   "ext4dist"
 *   FILE_SYSTEM   "ext4"
 *   FSDIST_LABEL  "ext4", in words
 */
#include "file_operations.h"
#include "file_system_tool.h"

static bool milliseconds, time_option;

static void fsdist_what(const struct tool_row *row, struct value *value)
{
	static const char *const names[] = {[OPERATION_READ] = "read",
		[OPERATION_WRITE] = "write",
		[OPERATION_OPEN] = "open",
		[OPERATION_FSYNC] = "fsync",
		[OPERATION_GETATTR] = "getattr"};
	uint64_t what;

	memcpy(&what, row->data, sizeof(what));
	if (what < OPERATIONS)
		value_text(value, names[what], strlen(names[what]));
}

static const struct tool_column section =
	COLUMN_BY("operation", 0, VALUE_TEXT, fsdist_what, "read, write, open, fsync or getattr");

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.table = "hist",
	.section = &section,
	.time_end = ":",
};

#ifdef FSDIST_NAME
#define FSDIST_EXAMPLE ""
#define FSDIST_OPTIONS                                                                                       \
	OPTION_FLAG('T', "notimestamp", "no time of day before each output", .value = &time_option),
#else
#define FSDIST_NAME "fsdist"
#define FSDIST_LABEL "one file system"
#define FSDIST_EXAMPLE "-t ext4 "
#define FSDIST_GENERIC
#define FSDIST_OPTIONS                                                                                       \
	OPTION_FLAG('T', "timestamp", "the time of day before each output", .value = &time_option),          \
		FILE_SYSTEM_OPTION,
#endif

static void fsdist_set_up(void)
{
	static char title[128];

#ifdef FSDIST_GENERIC
	file_system_set_up(true);
	view.show_time = time_option;
#else
	file_system_set_up(!strcmp(FILE_SYSTEM, "nfs"));
	view.show_time = settings.interval && !time_option;
#endif
	snprintf(title, sizeof(title), "Tracing %s operation latency... Hit Ctrl-C to end.",
		file_system->label);
	view.title = title;
	view.unit = milliseconds ? "msecs" : "usecs";
	if (milliseconds)
		tool_set_number("unit", 1000000);
}

static const struct tool_option options[] = {
	FSDIST_OPTIONS OPTION_FLAG(
		'm', "milliseconds", "in milliseconds instead of microseconds", .value = &milliseconds),
	{0},
};

const struct tool tool = {
	.name = FSDIST_NAME,
	.purpose = "Shows how long reads, writes, opens and fsyncs of " FSDIST_LABEL " take, as histograms.",
	.details = FILE_SYSTEM_DETAILS,
	.examples = {{FSDIST_EXAMPLE "1 10", "what happened in each second, ten times"},
		{FSDIST_EXAMPLE "-m -p 1234", "operations of a process, in milliseconds"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.sources = file_system_sources,
	.view = &view,
	.set_up = fsdist_set_up,
	.needs = file_system_needs,
	.target = file_system_target,
};
