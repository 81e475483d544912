/* SPDX-License-Identifier: Apache-2.0 */
/* statsnoop shows the calls that a process is known to have made, with their results. */
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define STATSNOOP "tools/statsnoop"
#define HEADER "PID     COMM               FD ERR PATH"

/* The calls that this machine has, as the kernel names them. */
static const char *const calls[] = {
#ifdef SYS_stat
	"stat", "lstat",
#endif
	"newfstatat", "statx", "statfs"};
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

static void stat_all(void *ctx)
{
	static const char *const paths[] = {"/proc", "/nonexistent/\x1b[1m"};
	struct stat st;
	struct statx stx;
	struct statfs fs;

	for (int i = 0; i < 2; i++) {
#ifdef SYS_stat
		syscall(SYS_stat, paths[i], &st);
		syscall(SYS_lstat, paths[i], &st);
#endif
		syscall(SYS_newfstatat, AT_FDCWD, paths[i], &st, 0);
		syscall(SYS_statx, AT_FDCWD, paths[i], 0, STATX_SIZE, &stx);
		syscall(SYS_statfs, paths[i], &fs);
	}
	syscall(SYS_newfstatat, AT_FDCWD, NULL, &st, 0);
}

static void check(
	const char *option, const char *header, pid_t *pid, struct workload *w, struct tool_run *run)
{
	char text[16];

	workload_new(w, "stat test", stat_all, NULL);
	*pid = w->pid;
	if (option)
		tool_start(run, STATSNOOP, "-p", number_text(text, w->pid), option);
	else
		tool_start(run, STATSNOOP, "-p", number_text(text, w->pid));
	tool_wait_line(run, header);
	workload_go(w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

static void test_all(void **state)
{
	char expected[4096] = HEADER "\n";
	struct tool_run run;
	struct workload w;
	pid_t pid;

	check(NULL, HEADER, &pid, &w, &run);
	for (int i = 0; i < CALLS; i++)
		add(expected, "%-7d stat test           0   0 /proc\n", pid);
	for (int i = 0; i < CALLS; i++)
		add(expected, "%-7d stat test          -1   2 /nonexistent/\\x1b[1m\n", pid);
	add(expected, "%-7d stat test          -1  14 \n", pid);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_failed_with_names(void **state)
{
	static const char header[] = "PID     COMM               FD ERR SYSCALL      PATH";
	char expected[4096];
	struct tool_run run;
	struct workload w;
	pid_t pid;

	check("-xs", header, &pid, &w, &run);
	sprintf(expected, "%s\n", header);
	for (int i = 0; i < CALLS; i++)
		add(expected, "%-7d stat test          -1   2 %-12s /nonexistent/\\x1b[1m\n", pid, calls[i]);
	add(expected, "%-7d stat test          -1  14 newfstatat   \n", pid);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_times(void **state)
{
	static const char header[] = "TIME(s)       " HEADER;
	struct tool_run run;
	struct workload w;
	double last = 0;
	int lines = 0;
	char *line;
	pid_t pid;

	check("-t", header, &pid, &w, &run);
	for (line = strchr(run.text, '\n') + 1; *line; line = strchr(line, '\n') + 1, lines++) {
		double time;

		assert_int_equal(sscanf(line, "%lf", &time), 1);
		assert_true(lines ? time >= last : time == 0);
		assert_true(line[11] == ' ' && line[14] != ' ');
		last = time;
	}
	assert_int_equal(lines, 2 * CALLS + 1);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_failed_with_names),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
