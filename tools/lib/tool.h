/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tools share: options, the text with its -D flags, opening with the reason on stderr, and a loop
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
	/* another descriptor that tool_run() watches, with what to do when it is readable */
	int watch_fd;
	void (*watch_ready)(void *ctx);
	void *watch_ctx;
	/* options of all tools */
	const char *cgroup_map, *mntns_map;
	unsigned debug;
	bool dump_text;
	/* the rest belongs to lib/ */
	struct bcc *bcc;
	int cgroup_fd, mntns_fd;
	struct tool_events *events;
	char *cflags[32];
	size_t cflag_count;
	int signal_fd;
};

/* The text of the tool that is linked, with what is put before it. */
extern const struct bcc_text tool_text[];

#define TOOL(tool_name)                                                                                      \
	{.name = tool_name,                                                                                  \
		.texts = tool_text,                                                                          \
		.watch_fd = -1,                                                                              \
		.signal_fd = -1,                                                                             \
		.cgroup_fd = -1,                                                                             \
		.mntns_fd = -1}

/* ---- options.c ---- */

/* Children of a tool's argp: -h, --debug and --ebpf; and those with --cgroupmap and --mntnsmap for the tools
 * whose text asks current_is_unwanted(). */
extern const struct argp_child tool_options[], tool_container_options[];

/* What the tool's own parser does for them at ARGP_KEY_INIT. */
void tool_init_options(struct argp_state *state, struct tool *t);

/* Parses, and ends the program with status 2 when the options are wrong. */
void tool_parse(const struct argp *argp, int argc, char **argv, void *input);

/* An option's number; ends the program with a usage error when `arg` is none or is outside of min and max. */
unsigned long tool_number(
	struct argp_state *state, const char *option, const char *arg, unsigned long min, unsigned long max);

/* A user's number, given as number or name. */
unsigned tool_user(struct argp_state *state, const char *option, const char *arg);

/* ---- cflags.c ---- */

/* Adds a flag for the compiler, like "-DFILTER_PID=%u". */
void tool_cflag(struct tool *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- text.c ---- */

/* Compiles the text and attaches what its function names say. Prints the reason to stderr on failure, and
 * ends the program when only the text was asked for (--ebpf). tool_close() whatever this returns. */
int tool_open(struct tool *t);

/* The same, but a failure to attach is left to the caller to report. */
int tool_try_open(struct tool *t);

void tool_close(struct tool *t);

/* ---- events.c ---- */

/* Opens a perf buffer whose events begin with their bpf_ktime_get_ns(). tool_run() hands them to `fn` in the order of these
 * times. Says on stderr when events were lost. page_count 0: 64. Prints the reason to stderr on failure. */
int tool_open_perf(struct tool *t, const char *table, bcc_event_fn fn, void *ctx, size_t page_count);

/* ---- run.c ---- */

/* From here on, the signals that end the tool are noticed by the calls below. Output goes out line by line.
 */
int tool_start(struct tool *t);

/* Delivers events until a signal, the end of `seconds` (0: no end) or of whoever reads stdout. Returns the
 * exit status. */
int tool_run(struct tool *t, unsigned seconds);

/* Waits `seconds`; true when it is time to end. */
bool tool_wait(struct tool *t, unsigned seconds);

/* ---- report.c ---- */

/* Says on stderr what bcc_error() says. Returns EXIT_FAILURE. */
int tool_failed(struct tool *t);

/* The exit status after output: EXIT_FAILURE, with the reason on stderr, when it could not be written. */
int tool_finish(struct tool *t);

/* ---- print.c ---- */

/* Prints text that any user may have made up, a byte that could move the cursor or break the line as \n, \t
 * or \xHH. */
void tool_print_text(const char *text, size_t length);

/* The time of day as HH:MM:SS in a column `width` wide. */
void tool_print_time(int width);

#endif
