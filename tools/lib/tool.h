/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tools share: options, the text with its -D flags, opening with error reports on stderr, and a loop
 * that ends on a signal, after a duration, or when nobody reads the output any more.
 */
#ifndef TOOLS_LIB_TOOL_H
#define TOOLS_LIB_TOOL_H

#include <argp.h>
#include <bcc/bcc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "embedded_text.h"

struct tool {
	const char *name;
	const struct bcc_text *texts; /* joined in this order, ended by a NULL name */
	/* another descriptor for tool_run() to watch, and what to do when it is readable */
	int watch_fd;
	void (*watch_ready)(void *ctx);
	void *watch_ctx;
	/* options of all tools */
	const char *cgroup_map, *mntns_map;
	unsigned debug;
	bool dump_text;
	/* used by lib/ only */
	struct bcc *bcc;
	int cgroup_fd, mntns_fd;
	struct tool_events *events;
	char *cflags[32];
	size_t cflag_count;
	int signal_fd;
};

/* The text of the tool that is linked in, with what precedes it. */
extern const struct bcc_text tool_text[];

#define TOOL(tool_name)                                                                                      \
	{.name = tool_name,                                                                                  \
		.texts = tool_text,                                                                          \
		.watch_fd = -1,                                                                              \
		.signal_fd = -1,                                                                             \
		.cgroup_fd = -1,                                                                             \
		.mntns_fd = -1}

/* ---- options.c ---- */

/* Child parsers for a tool's argp: -h, --debug and --ebpf; and those with --cgroupmap and --mntnsmap for
 * tools whose text calls current_is_unwanted(). */
extern const struct argp_child tool_options[], tool_container_options[];

/* To be called by the tool's own parser at ARGP_KEY_INIT. */
void tool_init_options(struct argp_state *state, struct tool *t);

/* Parses the arguments; ends the program with status 2 if they are wrong. */
void tool_parse(const struct argp *argp, int argc, char **argv, void *input);

/* An option's number; ends the program with a usage error unless `arg` is a number from min to max. */
unsigned long tool_number(
	struct argp_state *state, const char *option, const char *arg, unsigned long min, unsigned long max);

/* A user ID, given as number or name. */
unsigned tool_user(struct argp_state *state, const char *option, const char *arg);

/* ---- cflags.c ---- */

/* Adds a compiler flag such as "-DFILTER_PID=%u". */
void tool_cflag(struct tool *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- text.c ---- */

/* Compiles the text and attaches its functions by their names. Prints the reason to stderr on failure, and
 * ends the program if only the text was asked for (--ebpf). Call tool_close() whatever this returns. */
int tool_open(struct tool *t);

/* The same, but the caller reports failures to attach. */
int tool_try_open(struct tool *t);

void tool_close(struct tool *t);

/* ---- events.c ---- */

/* Opens a perf buffer whose events begin with their bpf_ktime_get_ns(). tool_run() passes them to `fn` in the
 * order of these times. Lost events are reported on stderr. page_count 0: 64. Prints the reason to stderr on
 * failure. */
int tool_open_perf(struct tool *t, const char *table, bcc_event_fn fn, void *ctx, size_t page_count);

/* ---- run.c ---- */

/* From here on, the calls below react to the signals that end the tool. Output is line-buffered. */
int tool_start(struct tool *t);

/* Delivers events until a signal, after `seconds` (0: no limit), or until nobody reads stdout. Returns the
 * exit status. */
int tool_run(struct tool *t, unsigned seconds);

/* Waits `seconds`; returns true if the tool should end. */
bool tool_wait(struct tool *t, unsigned seconds);

/* ---- report.c ---- */

/* Says on stderr what bcc_error() says. Returns EXIT_FAILURE. */
int tool_failed(struct tool *t);

/* The exit status after output: EXIT_FAILURE, with the reason on stderr, when it could not be written. */
int tool_finish(struct tool *t);

/* ---- print.c ---- */

/* Prints text that any user may have made up; bytes that could move the cursor or break the line are printed
 * as \n, \t or \xHH. */
void tool_print_text(const char *text, size_t length);

/* Prints the time of day as HH:MM:SS in a column of `width`. */
void tool_print_time(int width);

#endif
