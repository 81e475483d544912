/* SPDX-License-Identifier: Apache-2.0 */
/* pidpersec counts the processes that a child is known to make, over intervals. */
#include <pthread.h>

#include "lasting_child.h"
#include "tool_run.h"

#define TITLE "Tracing... Ctrl-C to end."

enum { PROCESSES = 40 };

static void *run_thread(void *ctx)
{
	return NULL;
}

static void make_processes(void *ctx)
{
	pthread_t thread;

	for (int i = 0; i < PROCESSES; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			_exit(1);
		/* a thread does not count */
		if (pthread_create(&thread, NULL, run_thread, NULL) || pthread_join(thread, NULL))
			_exit(1);
	}
}

static void test_rates(void **state)
{
	int hours, minutes, seconds, lines = 0;
	double end = tool_now() + 60;
	char pid[16], *at;
	struct tool_run run;
	struct lasting_child child;
	long rate, sum = 0;

	lasting_child_new(&child, "forking", make_processes, NULL);
	tool_start(&run, "tools/pidpersec", "-p", number_text(pid, child.pid));
	tool_wait_line(&run, TITLE);
	lasting_child_go(&child);
	while (tool_count_lines(&run) < 3 && tool_now() < end)
		assert_true(tool_read(&run, 1000));
	tool_stop(&run, SIGINT);
	lasting_child_end(&child);
	assert_string_equal(run.errors, "");
	at = strchr(run.text, '\n') + 1;
	while (*at) {
		char *line = tool_next_line(&at);

		assert_int_equal(
			sscanf(line, "%2d:%2d:%2d: PIDs/sec: %ld", &hours, &minutes, &seconds, &rate), 4);
		sum += rate;
		lines++;
	}
	assert_true(lines >= 2 && sum > 0);
	tool_free(&run);
}

static void test_counts(void **state)
{
	char pid[16];
	struct tool_run run;
	struct workload w;
	long sum = 0;

	workload_new(&w, "forking", make_processes, NULL);
	tool_start(&run, "tools/pidpersec", "-p", number_text(pid, w.pid), "--json", "1");
	while (tool_count_lines(&run) < 2)
		assert_true(tool_read(&run, 1000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	assert_string_equal(run.errors, "");
	for (const char *at = run.text; (at = strstr(at, "\"processes\":")); at++)
		sum += atol(at + strlen("\"processes\":"));
	tool_assert_count(sum, PROCESSES);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
