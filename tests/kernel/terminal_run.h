/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a tool on a terminal of the test's own. */
#ifndef TESTS_KERNEL_TERMINAL_RUN_H
#define TESTS_KERNEL_TERMINAL_RUN_H

#include <pty.h>

#include "terminal.h"
#include "tool_run.h"

struct terminal_run {
	struct tool_run run; /* `out` is the terminal; `text` is what it was told */
	struct terminal terminal;
	size_t fed; /* of the text */
};

/* Starts `name` ("tools/slabratetop") with arguments, terminated by NULL. */
static inline void terminal_start_with(
	struct terminal_run *t, int rows, int columns, const char *name, char *const *arguments)
{
	char path[PATH_MAX], *argv[32] = {path};
	int err[2], count = 1;

	*t = (struct terminal_run){.run.text = calloc(1, 1)};
	tool_cache_make();
	tool_path(path, sizeof(path), name);
	while (count < 31 && (argv[count] = arguments[count - 1]))
		count++;
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	t->run.pid = forkpty(&t->run.out, NULL, NULL,
		&(struct winsize){.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns});
	assert_true(t->run.pid >= 0);
	if (!t->run.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		unsetenv("BCC_CACHE");
		setenv("BCC_CACHE_DIR", tool_cache, 1);
		setenv("TERM", "vt52", 1);
		dup2(err[1], STDERR_FILENO);
		execv(path, argv);
		_exit(127);
	}
	close(err[1]);
	t->run.err = err[0];
	terminal_init(&t->terminal, rows, columns);
}
#define terminal_start(t, rows, columns, name, ...)                                                          \
	terminal_start_with(t, rows, columns, name, (char *const[]){__VA_ARGS__, NULL})

/* Waits until `is` is true of what is seen. */
static inline void terminal_wait(struct terminal_run *t, bool (*is)(const struct terminal *t))
{
	double end = tool_now() + 60;

	while (!is(&t->terminal)) {
		if (tool_now() >= end || !tool_read(&t->run, 1000)) {
			for (int i = 0; i < t->terminal.rows; i++)
				print_message("|%s\n", terminal_row(&t->terminal, i));
			tool_end(&t->run, 0);
			fail_msg("not what was expected; stderr:\n%s\n", t->run.errors);
		}
		terminal_feed(&t->terminal, t->run.text + t->fed, t->run.size - t->fed);
		t->fed = t->run.size;
	}
}

static inline void terminal_type(struct terminal_run *t, const char *keys)
{
	assert_int_equal(write(t->run.out, keys, strlen(keys)), strlen(keys));
}

#endif
