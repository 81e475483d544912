/* SPDX-License-Identifier: Apache-2.0 */
/* exitsnoop shows the ends of children that are known to have ended, each in its own way. */
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define EXITSNOOP "tools/exitsnoop"
#define HEADER "PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE"

enum { EXIT_0, EXIT_42, KILLED, CORE, LAST_THREAD, WAYS };

static void *nap(void *ctx)
{
	usleep(100000);
	return NULL;
}

static void end(int way)
{
	struct rlimit none = {0};
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	switch (way) {
	case EXIT_0:
		_exit(0);
	case EXIT_42:
		_exit(42);
	case KILLED:
		raise(SIGKILL);
		break;
	case CORE:
		/* the flag says that a dump was made, so none is made here */
		setrlimit(RLIMIT_CORE, &none);
		raise(SIGABRT);
		break;
	default:
		/* the first thread ends before the last */
		pthread_create(&thread, NULL, nap, NULL);
		syscall(SYS_exit, 7);
	}
	_exit(99);
}

static pid_t run_to_end(int way, int *status)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_NAME, "ending one");
		end(way);
	}
	assert_int_equal(waitpid(pid, status, 0), pid);
	return pid;
}

/* AGE is what the clock says: seconds with two decimals; replaced by 0.00, if it is at least `least`. */
static void check_ages(struct tool_run *run, int line_count, const double *least)
{
	char *line = strchr(run->text, '\n') + 1;

	for (int i = 0; i < line_count; i++, line = strchr(line, '\n') + 1) {
		double age;

		assert_non_null(strchr(line, '\n'));
		assert_int_equal(sscanf(line + 41, "%lf", &age), 1);
		assert_true(age >= least[i] && age < 300);
		memcpy(line + 41, "0.00   ", 7);
	}
	assert_string_equal(line, "");
}

static void test_ways(void **state)
{
	static const char *const ends[] = {"0", "code 42", "signal 9 (KILL)", "signal 6 (ABRT)"};
	static const double least[] = {0, 0, 0, 0, 0.1};
	char expected[2048] = HEADER "\n", ppid[16];
	struct tool_run run;

	tool_start(&run, EXITSNOOP, "--ppid", number_text(ppid, getpid()));
	tool_wait_line(&run, HEADER);
	for (int way = 0; way < WAYS; way++) {
		int status;
		pid_t pid = run_to_end(way, &status);

		add(expected, "ending one       %-7d %-7d %-7d 0.00    ", pid, getpid(), pid);
		/* the kernel decides which thread's code is the process's: from 6.0 on, the last one's */
		if (way == LAST_THREAD)
			add(expected, WEXITSTATUS(status) ? "code %d\n" : "%d\n", WEXITSTATUS(status));
		else
			add(expected, "%s\n", ends[way]);
	}
	tool_stop(&run, SIGINT);
	check_ages(&run, WAYS, least);
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_failed_with_columns(void **state)
{
	static const char header[] = "TIME-UTC     LABEL " HEADER;
	int hours, minutes, pid, ppid, tid, end = 0;
	char parent[16], *line;
	double seconds, age;
	struct tool_run run;
	pid_t expected;

	tool_start(
		&run, EXITSNOOP, "-tx", "--utc", "--label", "run-1", "--ppid", number_text(parent, getpid()));
	tool_wait_line(&run, header);
	run_to_end(EXIT_0, NULL);
	expected = run_to_end(EXIT_42, NULL);
	tool_stop(&run, SIGINT);
	assert_int_equal(tool_count_lines(&run), 2);
	line = strchr(run.text, '\n') + 1;
	assert_int_equal(sscanf(line, "%2d:%2d:%6lf run-1 ending one %d %d %d %lf code 42%n", &hours,
				 &minutes, &seconds, &pid, &ppid, &tid, &age, &end),
		7);
	assert_true(end && line[end] == '\n');
	/* milliseconds, in a column of 13 */
	assert_memory_equal(line + 8, ".", 1);
	assert_memory_equal(line + 12, " run-1 ", 7);
	assert_int_equal(pid, expected);
	tool_free(&run);
}

static void test_threads(void **state)
{
	char expected[256], pid_text[16];
	static const double least[] = {0, 0.1};
	struct tool_run run;
	int tid, shown;
	char *second;
	pid_t pid;
	int go[2];

	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		char c;

		prctl(PR_SET_NAME, "ending one");
		if (read(go[0], &c, 1) == 1)
			end(LAST_THREAD);
		_exit(99);
	}
	tool_start(&run, EXITSNOOP, "--per-thread", "-p", number_text(pid_text, pid));
	tool_wait_line(&run, HEADER);
	assert_int_equal(write(go[1], "g", 1), 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	tool_stop(&run, SIGINT);
	close(go[0]);
	close(go[1]);
	second = strchr(strchr(run.text, '\n') + 1, '\n') + 1;
	check_ages(&run, 2, least);
	assert_int_equal(sscanf(second, "ending one %d %d %d", &shown, &(int){0}, &tid), 3);
	assert_int_equal(shown, pid);
	assert_int_not_equal(tid, pid);
	sprintf(expected, HEADER "\nending one       %-7d %-7d %-7d 0.00    code 7\n", pid, getpid(), pid);
	add(expected, "ending one       %-7d %-7d %-7d 0.00    0\n", pid, getpid(), tid);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_json(void **state)
{
	char ppid[16], expected[256];
	struct tool_run run;
	pid_t pid;

	tool_start(&run, EXITSNOOP, "--json", "--ppid", number_text(ppid, getpid()));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	pid = run_to_end(KILLED, NULL);
	tool_stop(&run, SIGINT);
	sprintf(expected, "\"comm\":\"ending one\",\"pid\":%d,\"ppid\":%d,\"tid\":%d,\"age_ns\":", pid,
		getpid(), pid);
	assert_non_null(strstr(run.text, expected));
	assert_non_null(strstr(run.text,
		",\"end\":\"signal 9 (KILL)\",\"exit_code\":null,\"signal\":9,\"core_dumped\":false}\n"));
	assert_int_equal(tool_count_lines(&run), 2);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_failed_with_columns),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
