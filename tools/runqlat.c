/* SPDX-License-Identifier: Apache-2.0 */
/* runqlat: how long tasks wait for a CPU, as a histogram. Options and columns as in BCC's tool of this
 * name. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool.h"

struct runqlat {
	struct tool tool;
	bool timestamp, milliseconds, by_process, by_thread, by_pidns;
	long pid;		  /* -1: all */
	unsigned interval, count; /* 0: until a signal */
	struct bcc_table *dist;
};

enum { OPT_PIDNSS = 0x200 };

static const struct argp_option options[] = {
	{"timestamp", 'T', NULL, 0, "the time of day before each output", 0},
	{"milliseconds", 'm', NULL, 0, "in milliseconds instead of microseconds", 0},
	{"pids", 'P', NULL, 0, "a histogram for each process", 0},
	{"pidnss", OPT_PIDNSS, NULL, 0, "a histogram for each PID namespace", 0},
	{"tids", 'L', NULL, 0, "a histogram for each thread", 0},
	{"pid", 'p', "PID", 0, "only this process", 0},
	{0},
};

static error_t runqlat_parse(int key, char *arg, struct argp_state *state)
{
	struct runqlat *r = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		tool_init_options(state, &r->tool);
		return 0;
	case 'T':
		r->timestamp = true;
		return 0;
	case 'm':
		r->milliseconds = true;
		return 0;
	case 'P':
		r->by_process = true;
		return 0;
	case OPT_PIDNSS:
		r->by_pidns = true;
		return 0;
	case 'L':
		r->by_thread = true;
		return 0;
	case 'p':
		r->pid = tool_number(state, "-p", arg, 1, INT_MAX);
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			r->interval = tool_number(state, "interval", arg, 1, INT_MAX);
		else if (state->arg_num == 1)
			r->count = tool_number(state, "count", arg, 1, INT_MAX);
		else
			argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void runqlat_set_cflags(struct runqlat *r)
{
	struct tool *t = &r->tool;

	tool_cflag(t, "-DFACTOR=%d", r->milliseconds ? 1000000 : 1000);
	if (r->pid >= 0)
		tool_cflag(t, "-DFILTER_PID=%ld", r->pid);
	if (r->by_process)
		tool_cflag(t, "-DBY_PROCESS");
	else if (r->by_thread)
		tool_cflag(t, "-DBY_THREAD");
	else if (r->by_pidns)
		tool_cflag(t, "-DBY_PIDNS");
}

static int runqlat_print(struct runqlat *r)
{
	const char *section = NULL;
	int ret;

	if (r->by_process)
		section = "pid";
	else if (r->by_thread)
		section = "tid";
	else if (r->by_pidns)
		section = "pidns";
	putchar('\n');
	if (r->timestamp) {
		tool_print_time(8);
		putchar('\n');
	}
	ret = bcc_print_log2_hist(r->dist, stdout,
		&BCC_OPTS(struct bcc_hist_opts, .value_type = r->milliseconds ? "msecs" : "usecs",
			.section = section));
	if (!ret)
		ret = bcc_table_clear(r->dist);
	return ret;
}

static int runqlat_run(struct runqlat *r)
{
	bool stop = false;

	printf("Tracing run queue latency... Hit Ctrl-C to end.\n");
	for (unsigned left = r->count; !stop;) {
		stop = tool_wait(&r->tool, r->interval ? r->interval : INT_MAX);
		if (runqlat_print(r))
			return tool_failed(&r->tool);
		if (r->count && !--left)
			break;
	}
	return tool_finish(&r->tool);
}

int main(int argc, char **argv)
{
	struct runqlat r = {.tool = TOOL("runqlat"), .pid = -1};
	const struct argp argp = {.options = options,
		.parser = runqlat_parse,
		.args_doc = "[INTERVAL [COUNT]]",
		.doc = "Shows how long tasks wait for a CPU.",
		.children = tool_options};
	int status = EXIT_FAILURE;

	tool_parse(&argp, argc, argv, &r);
	runqlat_set_cflags(&r);
	if (!tool_open(&r.tool) && !tool_start(&r.tool)) {
		r.dist = bcc_table_find(r.tool.bcc, "dist");
		status = runqlat_run(&r);
	}
	tool_close(&r.tool);
	return status;
}
