/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/usdt.h>
#include <string.h>

#include "buffer.h"
#include "query_columns.h"
#include "runtime.h"

static const char *threshold = "1";
static struct buffer title;

static struct tool_view view = {.columns = columns, .bytes = sizeof(struct event)};

static void mysqld_threshold(const char *argument)
{
	tool_set_number("least_delay", argument_duration(argument, 1000000));
	threshold = argument;
}

static void mysqld_set_up(void)
{
	runtime_choose("mysql", "mysql");
	if (!runtime_process())
		return;
	buffer_printf(&title, "Tracing MySQL server queries for PID %d slower than %s ms...",
		runtime_process(), threshold);
	buffer_char(&title, '\0');
	view.title = title.data;
}

static bool mysqld_needs(const char *program)
{
	return strncmp(program, "query_", strlen("query_")) == 0;
}

/* The end first: nothing is recorded that would stay. */
static int mysqld_attached(struct bcc *b)
{
	static const struct runtime_probe probes[] = {RUNTIME_PROBE("query_end", NULL, "query__done"),
		RUNTIME_PROBE("query_start", NULL, "query__start"), {0}};

	return runtime_attach(b, "mysql", probes);
}

static void mysqld_tear_down(void)
{
	buffer_free(&title);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "PID", NULL, runtime_process_option, "the server"),
	OPTION_CUSTOM(
		0, "MIN_MS", NULL, mysqld_threshold, "only queries that take at least so long; default: 1"),
	{0},
};

const struct tool tool = {
	.name = "mysqld_qslower",
	.purpose = "Shows queries of a MySQL server that take long.",
	.details =
		"Queries are known by static probes of the server, which MySQL has up to version 5.7 if it is built "
		"with them; dbslower mysql -x traces others. Queries of more than 4095 bytes are cut.",
	.examples = {{"1234", "slower than 1 ms"}, {"1234 0", "all of them"}},
	.arguments = arguments,
	.view = &view,
	.set_up = mysqld_set_up,
	.needs = mysqld_needs,
	.attached = mysqld_attached,
	.tear_down = mysqld_tear_down,
};
