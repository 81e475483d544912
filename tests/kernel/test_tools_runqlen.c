/* SPDX-License-Identifier: Apache-2.0 */
/* runqlen sees that three processes want the first CPU. */
#include <sched.h>

#include "testlib.h"
#include "tool_run.h"

#define RUNQLEN "tools/runqlen"
#define TITLE "Sampling run queue length... Hit Ctrl-C to end."

enum { BURNERS = 3 };

static pid_t burners[BURNERS];
static int cpu;

static int start_burners(void **state)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return -1;
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	for (int i = 0; i < BURNERS; i++) {
		burners[i] = fork();
		if (burners[i] < 0)
			return -1;
		if (burners[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (sched_setaffinity(0, sizeof(set), &set))
			_exit(1);
		for (volatile long n = 0;; n++)
			;
	}
	return 0;
}

static int stop_burners(void **state)
{
	for (int i = 0; i < BURNERS; i++) {
		kill(burners[i], SIGKILL);
		waitpid(burners[i], NULL, 0);
	}
	return 0;
}

static void run_tool(struct tool_run *run, const char *a, const char *b)
{
	tool_start(run, RUNQLEN, "2", "1", a, b);
	tool_end(run, 120);
	assert_int_equal(run->status, 0);
	assert_string_equal(run->errors, "");
}

/* Two wait while one runs. */
static void test_lengths(void **state)
{
	struct tool_run run;
	char heading[32], *at, *line;
	long length, count, two = 0, all = 0;
	double seconds = tool_now();

	run_tool(&run, "-C", NULL);
	seconds = tool_now() - seconds;
	assert_int_equal(strncmp(run.text, TITLE "\n\n", strlen(TITLE) + 2), 0);
	sprintf(heading, "\ncpu = %d\n", cpu);
	at = strstr(run.text, heading);
	assert_non_null(at);
	at += strlen(heading);
	assert_string_equal(tool_next_line(&at), "     runqlen       : count     distribution");
	for (; (line = strsep(&at, "\n")) && sscanf(line, "%ld : %ld", &length, &count) == 2; all += count)
		two += length >= BURNERS - 1 ? count : 0;
	/* now and then a thread of the kernel runs, which may have a queue of its own; 99 samples a second */
	assert_true(two > 0 && 2 * two > all && all <= 99 * (seconds + 1));
	tool_free(&run);
}

static void test_occupancy(void **state)
{
	struct tool_run run;
	char expected[64];
	double percent;
	char *at;

	run_tool(&run, "-O", "-C");
	sprintf(expected, "\nrunqocc, CPU %-3d ", cpu);
	at = strstr(run.text, expected);
	assert_non_null(at);
	assert_int_equal(sscanf(at + strlen(expected), "%lf%%\n", &percent), 1);
	assert_true(percent > 50 && percent <= 100);
	tool_free(&run);
}

static void test_json(void **state)
{
	unsigned long samples, queued;
	struct tool_run run;
	char *at;

	run_tool(&run, "-O", "--json");
	at = strstr(run.text, "\"cpu\":null,");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "\"cpu\":null,\"samples\":%lu,\"queued\":%lu,", &samples, &queued), 2);
	assert_true(queued > 0 && queued <= samples);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_occupancy),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, start_burners, stop_burners);
}
