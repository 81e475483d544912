/* SPDX-License-Identifier: Apache-2.0 */
/* Servers of databases, and the attachment of query.bpf.h to them. */
#ifndef TOOLS_DATABASES_DATABASE_H
#define TOOLS_DATABASES_DATABASE_H

#include <bcc/usdt.h>
#include <errno.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "filter.h"
#include "mapped.h"
#include "tool.h"

static const struct database {
	const char *name;
	const char *programs[3]; /* of its server */
	const char *build;	 /* how it has static probes */
} databases[] = {
	{"mysql", {"mysqld", "mariadbd"},
		"MySQL has them up to version 5.7, built with -DENABLE_DTRACE=1; -x uses a function of the server "
		"instead"},
	{"postgres", {"postgres"}, "PostgreSQL has them if it is built with --enable-dtrace"},
};

static const struct database *database;
static const char *database_program; /* NULL: those that run, by their static probes */

static struct buffer database_pids; /* of -p */

static void database_pid_option(const char *argument)
{
	database_pids.size = 0;
	buffer_text(&database_pids, argument);
	filter_pid_option(argument);
}

/* After -p there may be further processes, as BCC has them. */
static void database_add_pid(const char *argument)
{
	buffer_printf(&database_pids, ",%s", argument);
	buffer_char(&database_pids, '\0');
	database_pids.size--;
	filter_pid_option(database_pids.data);
}

#define DATABASE_OPTION_PID                                                                                  \
	OPTION_CUSTOM('p', "pid", "PID", database_pid_option,                                                \
		"only these processes, separated by commas or, after DATABASE, blanks; !PID: all but these")

/* Of the arguments that are no options. */
static void database_option(const char *argument)
{
	if (database_pids.size && strspn(argument, "0123456789") == strlen(argument)) {
		database_add_pid(argument);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(databases); i++)
		if (!database && !strcmp(databases[i].name, argument)) {
			database = &databases[i];
			return;
		}
	tool_usage("'%s' is not %s", argument, database ? "a process of -p" : "mysql or postgres");
}

/* In set_up(): whether the options go together. */
static void database_check(void)
{
	if (database_program && strcmp(database->name, "mysql") != 0)
		tool_usage("-x is for mysql: PostgreSQL is traced by its static probes");
}

static bool database_is_program(const char *name)
{
	for (const char *const *program = database->programs; *program; program++)
		if (!strcmp(name, *program))
			return true;
	return false;
}

struct database_search {
	struct bcc *b;
	int files, attached;
};

static int database_found(void *ctx, const char *path, const char *origin)
{
	struct database_search *search = ctx;
	/* the end first: nothing is recorded that would stay */
	int ret = bcc_attach_usdt(search->b, "query_end", path, NULL, "query__done", NULL, NULL);

	if (!ret)
		ret = bcc_attach_usdt(search->b, "query_start", path, NULL, "query__start", NULL, NULL);
	if (tool_is_verbose())
		tool_warn("%s: %s", origin, ret ? bcc_error(search->b) : "traced");
	search->files++;
	search->attached += !ret;
	return 0;
}

/* The static probes of servers that run, in all of their processes and in those that start later. */
static int database_attach_probes(struct bcc *b)
{
	struct database_search search = {.b = b};

	mapped_each(database_is_program, database_found, &search);
	if (search.attached)
		return 0;
	if (search.files)
		tool_warn("the server has no static probes: %s", database->build);
	else
		tool_warn("no server runs: %s%s%s", database->programs[0],
			database->programs[1] ? " or " : "",
			database->programs[1] ? database->programs[1] : "");
	return -ENOENT;
}

/* The function of MySQL's server that runs a command, whose parameters differ. */
static int database_attach_function(struct bcc *b)
{
	static const struct {
		const char *regex, *program;
	} forms[] = {
		{"dispatch_command.*COM_DATA", "dispatch_data"}, {"dispatch_command", "dispatch_packet"}};
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		ret = bcc_attach_uprobes(b, "query_end", database_program, forms[i].regex,
			&BCC_OPTS(struct bcc_multi_opts, .retprobe = true), NULL);
		if (ret > 0)
			ret = bcc_attach_uprobes(
				b, forms[i].program, database_program, forms[i].regex, NULL, NULL);
		if (ret > 0)
			return 0;
	}
	tool_warn("%s", bcc_error(b));
	return ret;
}

static int database_attached(struct bcc *b)
{
	return database_program ? database_attach_function(b) : database_attach_probes(b);
}

static bool database_needs(const char *program)
{
	if (!strcmp(program, "query_start"))
		return !database_program;
	return database_program || strncmp(program, "dispatch_", strlen("dispatch_")) != 0;
}

/* What is traced, for the title. */
static void database_add_title(struct buffer *title, const char *threshold)
{
	if (database_program)
		buffer_printf(title, "Tracing database queries for application %s slower than %s ms...",
			database_program, threshold);
	else
		buffer_printf(title, "Tracing database queries for %s slower than %s ms...", database->name,
			threshold);
	buffer_char(title, '\0');
}

#endif
