/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"
#include "query_columns.h"

static const char *threshold = "1";
static struct buffer title;

static struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

static void dbslower_threshold(const char *argument)
{
	tool_set_number("least_delay", argument_duration(argument, 1000000));
	threshold = argument;
}

static void dbslower_set_up(void)
{
	if (!database)
		return;
	database_check();
	database_add_title(&title, threshold);
	view.title = title.data;
}

static int dbslower_attached(struct bcc *b)
{
	if (!database)
		tool_usage("which database? mysql or postgres");
	return database_attached(b);
}

static void dbslower_tear_down(void)
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
	OPTION_CUSTOM('m', "threshold", "MS", dbslower_threshold,
		"only queries that take at least so long; default: 1"),
	OPTION_TEXT('x', "exe", "PATH", "the server's program, if it has no static probes: only mysql",
		.value = &database_program),
	{0},
};

const struct tool tool = {
	.name = "dbslower",
	.purpose = "Shows queries of MySQL, MariaDB and PostgreSQL that take long.",
	.details =
		"Queries are known by static probes of the server, which has to be built with them, or with -x by a "
		"function of MySQL's and MariaDB's server; that one is traced in all processes of this program. "
		"Servers are found that run when the tool starts. Queries of more than 4095 bytes are cut.",
	.examples = {{"postgres", "PostgreSQL, slower than 1 ms"},
		{"mysql -m 30", "MySQL, slower than 30 ms"},
		{"mysql -x /usr/sbin/mariadbd", "without static probes"}},
	.arguments = arguments,
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = dbslower_set_up,
	.needs = database_needs,
	.attached = dbslower_attached,
	.tear_down = dbslower_tear_down,
};
