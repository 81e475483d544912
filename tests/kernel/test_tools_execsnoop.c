/* SPDX-License-Identifier: Apache-2.0 */
/* execsnoop shows the programs that are known to have been started, with their arguments. */
#include <pthread.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define EXECSNOOP "tools/execsnoop"
#define HEADER "PCOMM            PID     PPID    RET ARGS"
#define TRUE "/bin/true"
#define MISSING "/nonexistent/program"

/* Starts a program and waits for its end. Returns its pid. */
static pid_t start(const char *path, char *const *argv)
{
	static char *env[] = {NULL};
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_NAME, "starter");
		execve(path, argv, env);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static char *ordinary[] = {TRUE, "one", "two words", "say \"hi\"", "", "line\nbreak", NULL};

static void many_args(char **argv, int count)
{
	static char texts[64][8];

	argv[0] = TRUE;
	for (int i = 1; i < count; i++) {
		sprintf(texts[i], "a%d", i);
		argv[i] = texts[i];
	}
	argv[count] = NULL;
}

static void add_many(char *expected, int count)
{
	for (int i = 1; i < count; i++)
		add(expected, " a%d", i);
}

static void test_arguments(void **state)
{
	char expected[16384] = HEADER "\n", ppid[16], long_arg[601], *argv[64],
	     *with_long[] = {TRUE, long_arg, "end", NULL};
	struct tool_run run;
	pid_t pid;

	memset(long_arg, 'x', 600);
	long_arg[600] = '\0';
	tool_start(&run, EXECSNOOP, "-P", number_text(ppid, getpid()));
	tool_wait_line(&run, HEADER);
	pid = start(TRUE, ordinary);
	add(expected, "true             %-7d %-7d   0 " TRUE " one two words say \"hi\"  line\\nbreak\n", pid,
		getpid());
	pid = start(TRUE, with_long);
	add(expected, "true             %-7d %-7d   0 " TRUE " %s end\n", pid, getpid(), long_arg);
	/* the file's name and 19 arguments fit; one more is cut off */
	many_args(argv, 20);
	pid = start(TRUE, argv);
	add(expected, "true             %-7d %-7d   0 " TRUE, pid, getpid());
	add_many(expected, 20);
	add(expected, "\n");
	many_args(argv, 25);
	pid = start(TRUE, argv);
	add(expected, "true             %-7d %-7d   0 " TRUE, pid, getpid());
	add_many(expected, 20);
	add(expected, " ...\n");
	start(MISSING, ordinary);
	tool_stop(&run, SIGINT);
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_failed_quoted(void **state)
{
	char expected[4096] = "UID   " HEADER "\n", ppid[16], *argv[64];
	struct tool_run run;
	pid_t pid;

	tool_start(
		&run, EXECSNOOP, "-xqU", "--max-args", "7", "-u", "root", "-P", number_text(ppid, getpid()));
	tool_wait_line(&run, "UID   " HEADER);
	pid = start(TRUE, ordinary);
	add(expected,
		"0     true             %-7d %-7d   0 \"" TRUE
		"\" \"one\" \"two words\" \"say \\\"hi\\\"\" \"\" \"line\\nbreak\"\n",
		pid, getpid());
	many_args(argv, 9);
	pid = start(MISSING, argv);
	add(expected,
		"0     starter          %-7d %-7d  -2 \"" MISSING
		"\" \"a1\" \"a2\" \"a3\" \"a4\" \"a5\" \"a6\" \"...\"\n",
		pid, getpid());
	tool_stop(&run, SIGTERM);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_times_and_expressions(void **state)
{
	char *first[] = {TRUE, "pkg-1", NULL}, *second[] = {TRUE, "other", NULL},
	     *third[] = {"/bin/echo", "pkg-2", NULL};
	int hours, minutes, seconds, pid, ppid, at = -1;
	char parent[16], *line;
	struct tool_run run;
	double time;
	pid_t expected;

	tool_start(&run, EXECSNOOP, "-T", "-t", "-n", "^tr(ue|y)$", "-l", "pkg-[0-9]+$", "-P",
		number_text(parent, getpid()));
	tool_wait_line(&run, "TIME     TIME(s) " HEADER);
	expected = start(TRUE, first);
	start(TRUE, second);
	start("/bin/echo", third);
	tool_stop(&run, SIGINT);
	assert_int_equal(tool_count_lines(&run), 2);
	line = strchr(run.text, '\n') + 1;
	/* the time of day is 9 wide, the seconds 8 */
	assert_int_equal(sscanf(line, "%2d:%2d:%2d %lf true %d %d 0 " TRUE " pkg-1%n", &hours, &minutes,
				 &seconds, &time, &pid, &ppid, &at),
		6);
	assert_int_equal(line[at], '\n');
	assert_memory_equal(line + 17, "true ", 5);
	assert_true(time >= 0 && time < 300);
	assert_int_equal(pid, expected);
	assert_int_equal(ppid, getpid());
	tool_free(&run);
}

static void *exec_in_thread(void *ctx)
{
	char *argv[] = {TRUE, "of a thread", NULL};

	execv(TRUE, argv);
	return NULL;
}

/* A thread calls and the main thread returns: exec gives the thread the number of the process. */
static void test_thread_and_execveat(void **state)
{
	char expected[4096] = HEADER "\n", ppid[16], *argv[] = {"true", "at", NULL}, *env[] = {NULL};
	struct tool_run run;
	pthread_t thread;
	pid_t pid;

	tool_start(&run, EXECSNOOP, "-P", number_text(ppid, getpid()));
	tool_wait_line(&run, HEADER);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		pthread_create(&thread, NULL, exec_in_thread, NULL);
		pthread_join(thread, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	add(expected, "true             %-7d %-7d   0 " TRUE " of a thread\n", pid, getpid());
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		int bin = open("/bin", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		syscall(SYS_execveat, bin, "true", argv, env, 0);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	add(expected, "true             %-7d %-7d   0 true at\n", pid, getpid());
	tool_stop(&run, SIGINT);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

/* The most that the verifier has to follow; and texts that do not fit. */
static void test_largest(void **state)
{
	char ppid[16], *argv[40], *texts = malloc(33 * 1000), *at;
	struct tool_run run;
	size_t length = 0;

	argv[0] = TRUE;
	for (int i = 1; i <= 32; i++) {
		argv[i] = texts + i * 1000;
		memset(argv[i], 'a' + i % 26, 999);
		argv[i][999] = '\0';
	}
	argv[33] = NULL;
	tool_start(&run, EXECSNOOP, "--max-args", "1024", "-P", number_text(ppid, getpid()));
	tool_wait_line(&run, HEADER);
	start(TRUE, argv);
	tool_stop(&run, SIGINT);
	assert_int_equal(tool_count_lines(&run), 2);
	at = strstr(run.text, TRUE);
	assert_non_null(at);
	at += strlen(TRUE);
	/* as many whole arguments as fit, then the mark */
	for (int i = 1; i <= 32 && strncmp(at, " ...", 4); i++, length++) {
		assert_int_equal(*at, ' ');
		assert_memory_equal(at + 1, argv[i], 999);
		at += 1000;
	}
	assert_in_range(length, 15, 31);
	assert_string_equal(at, " ...\n");
	tool_free(&run);
	free(texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_failed_quoted),
		cmocka_unit_test(test_times_and_expressions),
		cmocka_unit_test(test_thread_and_execveat),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
