/* SPDX-License-Identifier: Apache-2.0 */
/* cpudist counts each time that our process was on or off a CPU, and what never leaves its CPU. */
#include <sys/mman.h>
#include <sys/resource.h>

#include "tool_run.h"

#define CPUDIST "tools/cpudist"
#define ON "Tracing on-CPU time... Hit Ctrl-C to end."
#define OFF "Tracing off-CPU time... Hit Ctrl-C to end."
#define HEADING(unit) "     " unit "               : count     distribution\n"

/* Sleeps in milliseconds, so that each takes longer than 1024 us. */
enum { SLEEPS = 100, SLEEP_US = 2000, LONG_US = 1024 };

struct switches {
	long voluntary, all;
};

static void sleep_often(void *ctx)
{
	struct switches *switches = ctx;
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < SLEEPS; i++)
		usleep(SLEEP_US);
	getrusage(RUSAGE_SELF, &after);
	switches->voluntary = after.ru_nvcsw - before.ru_nvcsw;
	switches->all = switches->voluntary + after.ru_nivcsw - before.ru_nivcsw;
}

static struct switches *shared_switches(void)
{
	return mmap(NULL, sizeof(struct switches), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* The sums of the counts of all rows, and of those that begin at LONG_US or later. */
static long sum(const char *at, long *later)
{
	long total = 0;

	*later = 0;
	for (; *at; at = strchr(at, '\n') + 1) {
		long low, high, count;

		if (sscanf(at, "%ld -> %ld : %ld |", &low, &high, &count) != 3)
			continue;
		total += count;
		if (low >= LONG_US)
			*later += count;
	}
	return total;
}

/* There are a few more switches before and after the process counted. A busy kernel sometimes skips programs
 * on this tracepoint while certain other tasks run, so a small part may be missing. */
static void check_count(long counted, long switches)
{
	long least = getenv("BCC_TEST_NO_SKIP") ? switches : switches * 9 / 10;

	assert_true(switches >= SLEEPS / 2);
	assert_in_range(counted, least, switches + 10);
}

static void check_json(const char *text, const struct switches *switches, pid_t pid)
{
	const char *at = strstr(text, "\"val_type\":");
	long counted = 0, avg, total, count;
	char expected[128];
	int end = 0;

	assert_non_null(at);
	sprintf(expected, "\"val_type\":\"usecs\",\"pid\":%d,\"comm\":\"sleeper\",\"data\":[", pid);
	assert_memory_equal(at, expected, strlen(expected));
	for (; (at = strstr(at, "\"interval-start\":")); at++) {
		long low, high, here;

		assert_int_equal(sscanf(at, "\"interval-start\":%ld,\"interval-end\":%ld,\"count\":%ld}",
					 &low, &high, &here),
			3);
		counted += here;
	}
	check_count(counted, switches->all);
	at = strstr(text, "\"val_type\":\"usecs\",\"avg\"");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "\"val_type\":\"usecs\",\"avg\":%ld,\"total\":%ld,\"count\":%ld}%n", &avg,
				 &total, &count, &end),
		3);
	assert_int_equal(at[end], '\n');
	assert_int_equal(count, counted);
	assert_int_equal(avg, total / count);
	/* it was asleep for so long */
	assert_true(total >= switches->voluntary * 9 / 10 * SLEEP_US);
}

/* All at the same time. */
static void test_counts(void **state)
{
	static const struct {
		const char *options, *title, *start;
	} cases[] = {
		{"-d60", ON, ON "\n\n" HEADING("usecs")},
		{"-O", OFF, OFF "\n\n" HEADING("usecs")},
		{"-OP", OFF, OFF "\n\n\npid = %d sleeper\n" HEADING("usecs")},
		{"-mL", ON, ON "\n\n\ntid = %d sleeper\n" HEADING("msecs")},
	};
	enum { CASES = sizeof(cases) / sizeof(cases[0]) };
	struct switches *switches = shared_switches();
	struct tool_run runs[CASES], json;
	struct workload w;
	char pid[16];

	workload_new(&w, "sleeper", sleep_often, switches);
	number_text(pid, w.pid);
	tool_start(&json, CPUDIST, "--json", "-OeP", "-p", pid);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	/* it is compiled once */
	for (int i = 0; i < CASES; i++)
		tool_start(&runs[i], CPUDIST, "-p", pid, cases[i].options);
	for (int i = 0; i < CASES; i++)
		tool_wait_line(&runs[i], cases[i].title);
	workload_go(&w);
	for (int i = 0; i < CASES; i++)
		kill(runs[i].pid, SIGINT);
	tool_stop(&json, SIGTERM);
	for (int i = 0; i < CASES; i++) {
		char expected[512];
		long counted, later;

		tool_end(&runs[i], 60);
		assert_int_equal(runs[i].status, 0);
		sprintf(expected, cases[i].start, w.pid);
		if (strncmp(runs[i].text, expected, strlen(expected)))
			fail_msg("output:\n%s\nexpected to begin with:\n%s\n", runs[i].text, expected);
		counted = sum(runs[i].text, &later);
		check_count(counted, switches->all);
		if (!strcmp(cases[i].title, OFF))
			assert_true(later >= switches->voluntary * 9 / 10);
		assert_string_equal(runs[i].errors, "");
		tool_free(&runs[i]);
	}
	assert_int_equal(tool_count_lines(&json), 3);
	check_json(json.text, switches, w.pid);
	tool_free(&json);
	munmap(switches, sizeof(*switches));
}

static void spin(void *ctx)
{
	for (;;)
		;
}

static double cpu_time(pid_t pid)
{
	struct timespec now;
	clockid_t clock;

	assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
	assert_int_equal(clock_gettime(clock, &now), 0);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Runs before tracing begins and after it ends. */
static void test_never_leaves(void **state)
{
	long avg, total, count;
	struct tool_run run;
	struct workload w;
	double before, used;
	const char *at;
	char pid[16];

	workload_new(&w, "spinner", spin, NULL);
	assert_int_equal(write(w.go, "g", 1), 1);
	while (cpu_time(w.pid) < 0.01)
		usleep(1000);
	tool_start(&run, CPUDIST, "-e", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, ON);
	before = cpu_time(w.pid);
	while ((used = cpu_time(w.pid) - before) < 0.2)
		usleep(1000);
	tool_stop(&run, SIGINT);
	kill(w.pid, SIGKILL);
	waitpid(w.pid, NULL, 0);
	close(w.go);
	at = strstr(run.text, "\navg = ");
	assert_non_null(at);
	assert_int_equal(
		sscanf(at, "\navg = %ld usecs, total: %ld usecs, count: %ld", &avg, &total, &count), 3);
	assert_true(count >= 1);
	/* a busy kernel sometimes skips programs on this tracepoint */
	assert_true(total >= used * 1e6 * (getenv("BCC_TEST_NO_SKIP") ? 1 : 0.5) - 1);
	assert_string_equal(at + strlen(at) - 2, "\n\n");
	tool_free(&run);
}

/* All tasks together, the idle ones among them, have as much time as there is. */
static void check_all(const char *options, bool idle)
{
	long avg, total, count, later, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double begin = tool_now(), end;
	struct tool_run run;
	const char *at;

	tool_start(&run, CPUDIST, options, "-d", "0.2");
	tool_end(&run, 60);
	end = tool_now();
	assert_int_equal(run.status, 0);
	at = strstr(run.text, "\navg = ");
	assert_non_null(at);
	assert_int_equal(
		sscanf(at, "\navg = %ld msecs, total: %ld msecs, count: %ld", &avg, &total, &count), 3);
	assert_int_equal(sum(run.text, &later), count);
	assert_true(total <= (end - begin) * 1e3 * cpus + 1);
	if (!idle)
		assert_null(strstr(run.text, "pid = 0\n"));
	tool_free(&run);
}

static void test_all(void **state)
{
	check_all("-emP", false);
	check_all("-emPI", true);
}

static void test_intervals(void **state)
{
	struct tool_run run;
	const char *at;
	char pid[16];

	/* for ourselves: we sleep while the tool runs */
	tool_start(&run, CPUDIST, "-OT", "-p", number_text(pid, getpid()), "1", "2");
	tool_wait_line(&run, OFF);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	at = run.text + strlen(OFF) + 1;
	for (int i = 0; i < 2; i++) {
		int hours, minutes, seconds;

		assert_int_equal(sscanf(at, "\n%2d:%2d:%2d\n", &hours, &minutes, &seconds), 3);
		at += 10;
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
		cmocka_unit_test(test_never_leaves),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
