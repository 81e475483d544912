/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The description of fsslower, and of its other names, which define before it is included:
 *
 *   FSSLOWER_NAME   "ext4slower"
 *   FILE_SYSTEM     "ext4"
 *   FSSLOWER_LABEL  "ext4", in words
 *   FSSLOWER_CSV    the letter of --csv; -j by default
 *   FSSLOWER_PID    width of the column; 6 by default
 */
#ifndef FSSLOWER_NAME
#define FSSLOWER_NAME "fsslower"
#define FSSLOWER_LABEL "one file system"
#define FSSLOWER_CSV 'c'
#define FSSLOWER_EXAMPLE "-t ext4 "
#define FSSLOWER_TYPE_OPTION FILE_SYSTEM_OPTION,
#endif
#ifndef FSSLOWER_PID
#define FSSLOWER_PID 6
#endif
#ifndef FSSLOWER_CSV
#define FSSLOWER_CSV 'j'
#endif
#ifndef FSSLOWER_EXAMPLE
#define FSSLOWER_EXAMPLE ""
#define FSSLOWER_TYPE_OPTION
#endif

#include "file_system_tool.h"
#include "slow_file_columns.h"
#include "writer.h"

static void fsslower_end_us(const struct tool_row *row, struct value *value)
{
	value_unsigned(value, ((const struct event *)row->data)->task.time / 1000);
}

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it ended"),
	COLUMN("COMM", -14, task.comm, "name of the thread", .cut = 14),
	COLUMN("PID", -FSSLOWER_PID, task.pid, "process"),
	COLUMN("TID", -6, task.tid, "thread", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	COLUMN_BY("T", 1, VALUE_TEXT, slow_file_what, "R: read, W: write, O: open, S: fsync, G: getattr",
		.json = "type"),
	COLUMN_BY("BYTES", -7, VALUE_UNSIGNED, slow_file_bytes, "that were read or written"),
	COLUMN("OFF_KB", -8, offset, "where in the file it began", .json = "offset_bytes",
		.format = COLUMN_KB),
	COLUMN_DURATION("LAT(ms)", 7, delay, "time that it took", .format = COLUMN_MS, .digits = 2),
	COLUMN_BY("ERR", 3, VALUE_SIGNED, slow_file_error, "errno; 0 if it worked", .hidden = true,
		.in_json = true),
	COLUMN_BY("FILENAME", 0, VALUE_TEXT, slow_file_name, "name of the file, without its directories"),
	COLUMN_BY("PATH", 0, VALUE_TEXT, slow_file_path, SLOW_FILE_PATH_HELP, .hidden = true),
	{0},
};

/* BCC's, whose headings are others. */
static const struct tool_column csv_columns[] = {
	COLUMN_BY("ENDTIME_us", 0, VALUE_UNSIGNED, fsslower_end_us, "when it ended, since boot"),
	COLUMN_TIME("TIME", -8, "when it ended", .hidden = true),
	COLUMN("TASK", 0, task.comm, "name of the thread"),
	COLUMN("PID", 0, task.pid, "process"),
	COLUMN("TID", 0, task.tid, "thread", .hidden = true),
	COLUMN("UID", 0, task.uid, "user", .hidden = true),
	COLUMN_BY("TYPE", 0, VALUE_TEXT, slow_file_what, "R: read, W: write, O: open, S: fsync, G: getattr"),
	COLUMN_BY("BYTES", 0, VALUE_UNSIGNED, slow_file_bytes, "that were read or written"),
	COLUMN("OFFSET_b", 0, offset, "where in the file it began"),
	COLUMN_DURATION("LATENCY_us", 0, delay, "time that it took", .format = COLUMN_US),
	COLUMN_BY("ERR", 0, VALUE_SIGNED, slow_file_error, "errno; 0 if it worked", .hidden = true),
	COLUMN_BY("FILE", 0, VALUE_TEXT, slow_file_name, "name of the file, without its directories"),
	COLUMN_BY("PATH", 0, VALUE_TEXT, slow_file_path, SLOW_FILE_PATH_HELP, .hidden = true),
	{0},
};

static struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, names),
	.wanted = slow_file_wanted,
};

static const struct tool_view csv_view = {
	.columns = csv_columns,
	.bytes = offsetof(struct event, names),
	.wanted = slow_file_wanted,
};

static void fsslower_set_up(void)
{
	static char title[128];

	file_system_set_up(!strcmp(FILE_SYSTEM, "nfs"));
	snprintf(title, sizeof(title),
		least_delay ? "Tracing %s operations slower than %.15g ms" : "Tracing %s operations",
		file_system->label, (double)least_delay / MILLISECOND);
	view.title = title;
	if (settings.format == WRITER_CSV)
		tool_show(&csv_view);
}

static const struct tool_option options[] = {
	FSSLOWER_TYPE_OPTION SLOW_FILE_OPTION_MIN,
	SLOW_FILE_OPTION_PATH,
	OPTION_LETTER(FSSLOWER_CSV, "csv"),
	{0},
};

static const struct tool_view *const views[] = {&csv_view, NULL};

const struct tool tool = {
	.name = FSSLOWER_NAME,
	.purpose = "Shows reads, writes, opens and fsyncs of " FSSLOWER_LABEL " that take long.",
	.details = FILE_SYSTEM_DETAILS,
	.examples = {{FSSLOWER_EXAMPLE "1", "what takes a millisecond or longer"},
		{FSSLOWER_EXAMPLE "0 -p 1234", "all operations of a process"},
		{FSSLOWER_EXAMPLE "-F -- make", "slow operations of a command, with the paths of the files"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.sources = file_system_sources,
	.view = &view,
	.views = views,
	.set_up = fsslower_set_up,
	.needs = file_system_needs,
	.target = file_system_target,
};
