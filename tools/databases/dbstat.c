/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"
#include "settings.h"

static const char *threshold = "0";
static bool microseconds;
static struct buffer title;

static struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.table = "hist",
	.unit = "query latency (ms)",
	.show_time = true,
	.time_begin = "[",
	.time_end = "]",
};

static void dbstat_threshold(const char *argument)
{
	tool_set_number("least_delay", argument_duration(argument, 1000000));
	threshold = argument;
}

static void dbstat_set_up(void)
{
	if (!strcmp(threshold, "0"))
		tool_set_number("least_delay", 0);
	if (microseconds) {
		view.unit = "query latency (us)";
		tool_set_number("unit", 1000);
	}
	if (!database)
		return;
	database_check();
	database_add_title(&title, threshold);
	view.title = title.data;
}

static int dbstat_attached(struct bcc *b)
{
	if (!database)
		tool_usage("which database? mysql or postgres");
	return database_attached(b);
}

static void dbstat_tear_down(void)
{
	buffer_free(&title);
	buffer_free(&database_pids);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "DATABASE", NULL, database_option, "mysql or postgres", .repeated = true),
	{0},
};

static const struct tool_option options[] = {
	DATABASE_OPTION_PID,
	OPTION_CUSTOM('m', "threshold", "MS", dbstat_threshold, "only queries that take at least so long"),
	OPTION_FLAG('u', "microseconds", "in microseconds instead of milliseconds", .value = &microseconds),
	OPTION_NUMBER('i', "interval", "SECONDS", 1, INT32_MAX,
		"time from one output to the next (default: one output, at the end)",
		.value = &settings.interval),
	OPTION_TEXT('x', "exe", "PATH", "the server's program, if it has no static probes: only mysql",
		.value = &database_program),
	{0},
};

const struct tool tool = {
	.name = "dbstat",
	.purpose = "Shows how long queries of MySQL, MariaDB and PostgreSQL take, as histograms.",
	.details =
		"Queries are known by static probes of the server, which has to be built with them, or with -x by a "
		"function of MySQL's and MariaDB's server. Servers are found that run when the tool starts.",
	.examples = {{"postgres", "PostgreSQL, until Ctrl-C"},
		{"mysql -u -i 10", "MySQL in microseconds, every ten seconds"}},
	.arguments = arguments,
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = dbstat_set_up,
	.needs = database_needs,
	.attached = dbstat_attached,
	.tear_down = dbstat_tear_down,
};
