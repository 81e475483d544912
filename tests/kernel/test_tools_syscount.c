/* SPDX-License-Identifier: Apache-2.0 */
/* syscount counts each call of a process that makes known ones, in how many outputs ever. */
#include <sys/syscall.h>

#include "tool_run.h"

#define SYSCOUNT "tools/syscount"

enum { CALLS = 100000, FAILED = 300, WRONG = 70, SLEEPS = 5, SLEEP_MS = 20 };

/* ---- calls ---- */

static void call_ids(void *ctx)
{
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
}

static void call_many(void *ctx)
{
	for (int i = 0; i < 2 * FAILED; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < FAILED; i++)
		syscall(SYS_chdir, i % 3 ? "/none" : "/");
	for (int i = 0; i < WRONG; i++)
		syscall(SYS_dup, -1);
	for (int i = 0; i < SLEEPS; i++)
		usleep(SLEEP_MS * 1000);
	/* no such call */
	syscall(4000);
}

/* The calls that the workload makes besides: it waits for its go, and ends. */
enum { FAILED_CHDIRS = FAILED - FAILED / 3 };

/* Starts the tool for a process that does `action`, lets it run, and stops the tool. */
static void run_tool(struct tool_run *run, void (*action)(void *ctx), pid_t *pid, char *const *options)
{
	struct workload w;
	char text[16];

	workload_new(&w, "calls", action, NULL);
	*pid = w.pid;
	tool_start(run, SYSCOUNT, "-p", number_text(text, w.pid), options[0], options[1], options[2],
		options[3]);
	while (!strchr(run->text, '\n'))
		assert_true(tool_read(run, 60000));
	workload_go(&w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

/* The number behind `name` in all records with this text. */
static long sum(const char *json, const char *record, const char *name)
{
	long total = 0;

	for (const char *at = json; (at = strstr(at, record)); at++) {
		const char *number = strstr(at, name);

		assert_non_null(number);
		total += strtol(number + strlen(name), NULL, 10);
	}
	return total;
}

static int count(const char *text, const char *what)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

/* ---- tests ---- */

/* What is counted while an output is made is not lost. */
static void test_intervals(void **state)
{
	struct tool_run run;
	pid_t pid;

	run_tool(&run, call_ids, &pid, (char *const[]){"--json", "-i", "1", NULL});
	tool_assert_count(sum(run.text, "\"syscall\":\"getppid\"", "\"count\":"), CALLS);
	assert_int_equal(sum(run.text, "\"syscall\":\"exit_group\"", "\"count\":"), 1);
	tool_free(&run);
}

static void test_json(void **state)
{
	struct tool_run run;
	long time;
	pid_t pid;

	run_tool(&run, call_many, &pid, (char *const[]){"--json", "-L", "--errors", NULL});
	tool_assert_count(sum(run.text, "\"syscall\":\"getppid\"", "\"count\":"), 2 * FAILED);
	assert_int_equal(sum(run.text, "\"syscall\":\"getppid\"", "\"errors\":"), 0);
	tool_assert_count(sum(run.text, "\"syscall\":\"chdir\"", "\"count\":"), FAILED);
	tool_assert_count(sum(run.text, "\"syscall\":\"chdir\"", "\"errors\":"), FAILED_CHDIRS);
	tool_assert_count(sum(run.text, "\"syscall\":\"dup\"", "\"errors\":"), WRONG);
	assert_int_equal(sum(run.text, "\"syscall\":\"clock_nanosleep\"", "\"count\":"), SLEEPS);
	time = sum(run.text, "\"syscall\":\"clock_nanosleep\"", "\"latency_ns\":");
	assert_true(time >= SLEEPS * SLEEP_MS * 1000000L);
	assert_int_equal(sum(run.text, "\"syscall\":\"[unknown: 4000]\"", "\"count\":"), 1);
	assert_int_equal(count(run.text, "\"pid\":null,\"comm\":null"), count(run.text, "\"syscall\":"));
	tool_free(&run);
}

/* The time of day, which has been checked to be one, is cut out. */
static void check_table(struct tool_run *run, const char *expected)
{
	char *at = strstr(run->text, "\n\n[");
	int numbers[3], end = 0;

	assert_non_null(at);
	assert_int_equal(sscanf(at, "\n\n[%2d:%2d:%2d]%n", &numbers[0], &numbers[1], &numbers[2], &end), 3);
	memmove(at + 2, at + end, strlen(at + end) + 1);
	tool_assert_counts(run, expected);
}

static void test_failures(void **state)
{
	struct tool_run run;
	char expected[512];
	pid_t pid;

	run_tool(&run, call_many, &pid, (char *const[]){"-x", "-T", "2", NULL});
	sprintf(expected,
		"Tracing failed syscalls, printing top 2... Ctrl+C to quit.\n\n\n"
		"SYSCALL                   COUNT\nchdir                  %8d\ndup                    %8d\n",
		FAILED_CHDIRS, WRONG);
	check_table(&run, expected);
	tool_free(&run);
	for (int i = 0; i < 2; i++) {
		run_tool(&run, call_many, &pid, (char *const[]){"-e", i ? "9" : "EBADF", NULL, NULL});
		sprintf(expected,
			"Tracing syscalls, printing top 10... Ctrl+C to quit.\n\n\n"
			"SYSCALL                   COUNT\ndup                    %8d\n",
			WRONG);
		check_table(&run, expected);
		tool_free(&run);
	}
	/* a second name of EAGAIN */
	run_tool(&run, call_many, &pid, (char *const[]){"-e", "EWOULDBLOCK", NULL, NULL});
	assert_int_equal(run.status, 0);
	tool_free(&run);
}

static void check_processes(char *const *options)
{
	struct tool_run run;
	char expected[512];
	pid_t pid;

	run_tool(&run, call_many, &pid, options);
	sprintf(expected,
		"Tracing syscalls 'dup,chdir'... Ctrl+C to quit.\n\n\n"
		"PID    COMM               COUNT\n%-6d calls           %8d\n",
		pid, FAILED + WRONG);
	check_table(&run, expected);
	tool_free(&run);
}

static void test_processes(void **state)
{
	check_processes((char *const[]){"-P", "--syscall", "dup,chdir", NULL});
	/* with an interval, another table */
	check_processes((char *const[]){"-Pi3600", "--syscall", "dup,chdir", NULL});
}

static void test_latency(void **state)
{
	static const char heading[] =
		"\nSYSCALL                   COUNT        TIME (ms)\nclock_nanosleep        ";
	struct tool_run run;
	const char *row;
	double time;
	long calls;
	pid_t pid;
	int end = 0;

	run_tool(&run, call_many, &pid, (char *const[]){"-Lm", "--syscall", "clock_nanosleep", NULL});
	assert_memory_equal(run.text, "Tracing syscall 'clock_nanosleep'... Ctrl+C to quit.\n\n[", 55);
	row = strstr(run.text, heading);
	assert_non_null(row);
	row += strlen(heading);
	assert_int_equal(sscanf(row, "%8ld %lf%n", &calls, &time, &end), 2);
	assert_string_equal(row + end, "\n");
	assert_int_equal(end, 8 + 1 + 16);
	assert_int_equal(row[end - 7], '.');
	assert_int_equal(calls, SLEEPS);
	assert_true(time >= SLEEPS * SLEEP_MS);
	tool_free(&run);
}

static void test_list(void **state)
{
	struct tool_run run;

	tool_start(&run, SYSCOUNT, "-l");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.text, "getppid                "));
	assert_non_null(strstr(run.text, "cachestat "));
	assert_true(count(run.text, " openat ") == 1);
	tool_free(&run);
}

static void test_refused(void **state)
{
	static const char *const wrong[][2] = {{"-e", "ENONE"}, {"-e", "0"}, {"--syscall", "nothing"},
		{"-T", "0"}, {"-i", "0"}, {"10", NULL}};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		tool_expect_end(2, "", SYSCOUNT, wrong[i][0], wrong[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_latency),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
