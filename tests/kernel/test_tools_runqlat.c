/* SPDX-License-Identifier: Apache-2.0 */
/* runqlat counts each time that our process got a CPU: as often as the kernel says that it had given one
 * up. */
#include <ctype.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tool_run.h"

#define RUNQLAT "tools/runqlat"
#define HEADER "Tracing run queue latency... Hit Ctrl-C to end."

static void sleep_often(void *ctx)
{
	struct rusage before, after;
	long *switches = ctx;

	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < 300; i++)
		usleep(1000);
	getrusage(RUSAGE_SELF, &after);
	*switches = after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw;
}

static long *shared_long(void)
{
	return mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* The sum of the counts of all rows from `at` on; each row must be in BCC's format. */
static long sum(const char *at, int *rows)
{
	long total = 0;

	*rows = 0;
	for (; *at; at = strchr(at, '\n') + 1) {
		long low, high, count;
		int end = 0;
		char row[64];

		if (sscanf(at, "%ld -> %ld : %ld |%n", &low, &high, &count, &end) != 3)
			continue;
		snprintf(row, sizeof(row), "%10ld -> %-10ld : %-8ld |", low, high, count);
		assert_memory_equal(at, row, strlen(row));
		assert_true(strlen(at) > strlen(row) + 40);
		assert_memory_equal(at + strlen(row) + 40, "|\n", 2);
		assert_true(low == 0 ? high == 1 : high == 2 * low - 1);
		total += count;
		++*rows;
	}
	return total;
}

/* Besides the counted switches, there is one after the wait for the command, and there may be a few between
 * the second look and the end. A busy kernel sometimes skips programs on these tracepoints while certain
 * other tasks run, so a small part may be missing. */
static void check_count(long counted, long switches)
{
	long least = getenv("BCC_TEST_NO_SKIP") ? switches : switches * 9 / 10;

	/* a sleep that is over before it begins causes no switch */
	assert_true(switches >= 100);
	assert_in_range(counted, least, switches + 10);
}

static void test_counts(void **state)
{
	static const char start[] = HEADER "\n\n     usecs               : count     distribution\n";
	long *switches = shared_long(), counted;
	struct tool_run run;
	struct workload w;
	char pid[16];
	int rows;

	workload_new(&w, "sleeper", sleep_often, switches);
	tool_start(&run, RUNQLAT, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	assert_memory_equal(run.text, start, strlen(start));
	counted = sum(run.text, &rows);
	check_count(counted, *switches);
	assert_string_equal(run.errors, "");
	munmap(switches, sizeof(long));
	tool_free(&run);
}

static void check_section(const char *option, const char *section, unsigned long id, const char *unit)
{
	long *switches = shared_long(), counted;
	char pid[16], start[256];
	struct tool_run run;
	struct workload w;
	int rows;

	workload_new(&w, "sleeper", sleep_often, switches);
	if (!id)
		id = w.pid;
	tool_start(&run, RUNQLAT, option, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGTERM);
	snprintf(start, sizeof(start),
		HEADER "\n\n\n%s = %lu\n     %s               : count     distribution\n", section, id, unit);
	if (strncmp(run.text, start, strlen(start)))
		fail_msg("output:\n%s\nexpected to begin with:\n%s\n", run.text, start);
	counted = sum(run.text, &rows);
	check_count(counted, *switches);
	munmap(switches, sizeof(long));
	tool_free(&run);
}

static void test_by_process(void **state)
{
	check_section("-P", "pid", 0, "usecs");
}

static void test_by_thread(void **state)
{
	check_section("-mL", "tid", 0, "msecs");
}

static void test_by_namespace(void **state)
{
	struct stat st;

	assert_int_equal(stat("/proc/self/ns/pid", &st), 0);
	check_section("--pidnss", "pidns", st.st_ino, "usecs");
}

static void test_intervals(void **state)
{
	const char *at, *heading = "     msecs               : count     distribution\n";
	double begin = tool_now();
	struct tool_run run;
	char pid[16];

	/* for ourselves: we sleep while the tool runs */
	tool_start(&run, RUNQLAT, "-mT", "-p", number_text(pid, getpid()), "1", "3");
	tool_wait_line(&run, HEADER);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_true(tool_now() - begin >= 3);
	at = run.text + strlen(HEADER) + 1;
	for (int i = 0; i < 3; i++) {
		int hours, minutes, seconds, end = 0;

		assert_int_equal(sscanf(at, "\n%2d:%2d:%2d%n", &hours, &minutes, &seconds, &end), 3);
		assert_int_equal(end, 9);
		assert_int_equal(at[end], '\n');
		at += end + 1;
		assert_memory_equal(at, heading, strlen(heading));
		at += strlen(heading);
		while (*at && *at != '\n')
			at = strchr(at, '\n') + 1;
	}
	assert_string_equal(at, "");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_by_process),
		cmocka_unit_test(test_by_thread),
		cmocka_unit_test(test_by_namespace),
		cmocka_unit_test(test_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
