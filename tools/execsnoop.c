/* SPDX-License-Identifier: Apache-2.0 */
/* execsnoop: which programs are started, with what arguments. Options and columns as in BCC's tool of this
 * name. */
#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "execsnoop.h"
#include "tool.h"

struct execsnoop {
	struct tool tool;
	bool time, timestamp, fails, quote, print_uid;
	bool by_name, by_line;
	regex_t name, line;
	long uid, ppid; /* -1: all */
	unsigned max_args;
	uint64_t start;
};

enum { OPT_MAX_ARGS = 0x200 };

static const struct argp_option options[] = {
	{"time", 'T', NULL, 0, "column with the time of day (HH:MM:SS)", 0},
	{"timestamp", 't', NULL, 0, "column with the seconds since the start", 0},
	{"fails", 'x', NULL, 0, "include calls that failed", 0},
	{"uid", 'u', "USER", 0, "only this user, by number or name", 0},
	{"quote", 'q', NULL, 0, "quote the arguments", 0},
	{"name", 'n', "NAME", 0, "only programs whose name matches this regular expression (POSIX extended)",
		0},
	{"line", 'l', "LINE", 0, "only calls whose arguments match this regular expression", 0},
	{"print-uid", 'U', NULL, 0, "column with the user ID", 0},
	{"max-args", OPT_MAX_ARGS, "MAX_ARGS", 0, "show at most this many arguments (default 20)", 0},
	{"ppid", 'P', "PPID", 0, "only children of this process", 0},
	{0},
};

static void execsnoop_compile(struct argp_state *state, const char *option, const char *arg, regex_t *regex)
{
	char why[128];
	int ret = regcomp(regex, arg, REG_EXTENDED | REG_NOSUB);

	if (!ret)
		return;
	regerror(ret, regex, why, sizeof(why));
	argp_error(state, "%s: '%s' is not a regular expression: %s", option, arg, why);
}

static error_t execsnoop_parse(int key, char *arg, struct argp_state *state)
{
	struct execsnoop *e = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		tool_init_options(state, &e->tool);
		return 0;
	case 'T':
		e->time = true;
		return 0;
	case 't':
		e->timestamp = true;
		return 0;
	case 'x':
		e->fails = true;
		return 0;
	case 'u':
		e->uid = tool_user(state, "-u", arg);
		return 0;
	case 'q':
		e->quote = true;
		return 0;
	case 'n':
		if (e->by_name)
			regfree(&e->name);
		execsnoop_compile(state, "-n", arg, &e->name);
		e->by_name = true;
		return 0;
	case 'l':
		if (e->by_line)
			regfree(&e->line);
		execsnoop_compile(state, "-l", arg, &e->line);
		e->by_line = true;
		return 0;
	case 'U':
		e->print_uid = true;
		return 0;
	case OPT_MAX_ARGS:
		/* the verifier of the oldest supported kernels still accepts a loop of this length */
		e->max_args = tool_number(state, "--max-args", arg, 1, 1024);
		return 0;
	case 'P':
		e->ppid = tool_number(state, "-P", arg, 0, INT_MAX);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The arguments as one text for -l. The caller frees it; NULL when out of memory. */
static char *execsnoop_joined(const struct event *event)
{
	char *line = malloc(event->size);

	if (!line)
		return NULL;
	memcpy(line, event->text, event->size);
	for (uint32_t i = 0; i + 1 < event->size; i++)
		if (!line[i])
			line[i] = ' ';
	line[event->size - 1] = '\0';
	return line;
}

static bool execsnoop_wanted(const struct execsnoop *e, const struct event *event)
{
	char *line;
	int miss;

	if (e->by_name) {
		char comm[sizeof(event->comm) + 1] = {0};

		memcpy(comm, event->comm, sizeof(event->comm));
		if (regexec(&e->name, comm, 0, NULL, 0))
			return false;
	}
	if (!e->by_line)
		return true;
	line = execsnoop_joined(event);
	miss = line && regexec(&e->line, line, 0, NULL, 0);
	free(line);
	return !miss;
}

static void print_arg(const struct execsnoop *e, const char *arg)
{
	if (!e->quote) {
		tool_print_text(arg, strlen(arg));
		return;
	}
	putchar('"');
	for (; *arg; arg++) {
		if (*arg == '"')
			putchar('\\');
		tool_print_text(arg, 1);
	}
	putchar('"');
}

static void print_args(const struct execsnoop *e, const struct event *event)
{
	const char *arg = event->text, *end = arg + event->size;

	for (; arg < end; arg += strlen(arg) + 1) {
		if (arg > event->text)
			putchar(' ');
		print_arg(e, arg);
	}
	if (event->truncated) {
		putchar(' ');
		print_arg(e, "...");
	}
	putchar('\n');
}

static int execsnoop_print_event(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;
	const struct execsnoop *e = ctx;

	if (size < offsetof(struct event, text) || size - offsetof(struct event, text) < event->size ||
		!event->size || event->text[event->size - 1] || !execsnoop_wanted(e, event))
		return 0;
	if (e->time)
		tool_print_time(9);
	if (e->timestamp) {
		/* a program may have been started before the header was printed */
		printf("%-8.3f", event->time > e->start ? (event->time - e->start) / 1e9 : 0);
	}
	if (e->print_uid)
		printf("%-6u", event->uid);
	printf("%-16.16s %-7u ", event->comm, event->pid);
	/* the parent of a PID namespace's first process is outside the namespace */
	if (event->ppid)
		printf("%-7u ", event->ppid);
	else
		printf("%-7s ", "?");
	printf("%3d ", event->ret);
	print_args(e, event);
	return 0;
}

static void execsnoop_print_header(const struct execsnoop *e)
{
	if (e->time)
		printf("%-9s", "TIME");
	if (e->timestamp)
		printf("%-8s", "TIME(s)");
	if (e->print_uid)
		printf("%-6s", "UID");
	printf("%-16s %-7s %-7s %3s %s\n", "PCOMM", "PID", "PPID", "RET", "ARGS");
}

static void execsnoop_set_cflags(struct execsnoop *e)
{
	struct tool *t = &e->tool;

	tool_cflag(t, "-DMAX_ARGS=%u", e->max_args);
	if (e->uid >= 0)
		tool_cflag(t, "-DFILTER_UID=%ld", e->uid);
	if (e->ppid >= 0)
		tool_cflag(t, "-DFILTER_PPID=%ld", e->ppid);
	if (e->fails)
		tool_cflag(t, "-DWITH_FAILED");
}

int main(int argc, char **argv)
{
	struct execsnoop e = {.tool = TOOL("execsnoop"), .uid = -1, .ppid = -1, .max_args = 20};
	const struct argp argp = {.options = options,
		.parser = execsnoop_parse,
		.doc = "Shows which programs are started.",
		.children = tool_container_options};
	int status = EXIT_FAILURE;

	tool_parse(&argp, argc, argv, &e);
	execsnoop_set_cflags(&e);
	if (!tool_open(&e.tool) && !tool_open_perf(&e.tool, "events", execsnoop_print_event, &e, 0) &&
		!tool_start(&e.tool)) {
		e.start = tool_now_ns();
		execsnoop_print_header(&e);
		status = tool_run(&e.tool, 0);
	}
	tool_close(&e.tool);
	if (e.by_name)
		regfree(&e.name);
	if (e.by_line)
		regfree(&e.line);
	return status;
}
