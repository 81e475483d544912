/* SPDX-License-Identifier: Apache-2.0 */
/* cpuunclaimed sees that three processes want the first CPU, and that another one could run one of them. */
#include <sched.h>

#include "testlib.h"
#include "tool_run.h"

#define CPUUNCLAIMED "tools/cpuunclaimed"
#define TITLE "Sampling run queues... Output every 1 seconds. Hit Ctrl-C to end."

enum { BURNERS = 3 };

static pid_t burners[BURNERS];
static int cpu, cpus;

static int start_burners(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return -1;
	cpus = CPU_COUNT(&set);
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
	for (int i = 0; i < BURNERS; i++)
		if (burners[i] > 0) {
			kill(burners[i], SIGKILL);
			waitpid(burners[i], NULL, 0);
		}
	return 0;
}

/* One CPU is always busy; in a machine that does nothing else, another one is idle meanwhile. */
static void check_shares(const struct tool_run *run)
{
	const char *row = strchr(run->text, '\n') + 1;
	unsigned long samples, running, unclaimed;
	double busy, idle;

	row = strstr(row, "\"samples\":");
	assert_non_null(row);
	assert_int_equal(sscanf(row,
				 "\"samples\":%lu,\"running\":%lu,\"unclaimed\":%lu,\"cpu_percent\":%lf,"
				 "\"unclaimed_percent\":%lf}",
				 &samples, &running, &unclaimed, &busy, &idle),
		5);
	assert_true(running > 0 && running + unclaimed <= samples);
	assert_true(busy > 100.0 * running / samples - 0.01 && busy < 100.0 * running / samples + 0.01);
	assert_true(idle > 100.0 * unclaimed / samples - 0.01 && idle < 100.0 * unclaimed / samples + 0.01);
	if (getenv("BCC_TEST_NO_SKIP") && cpus > 1)
		assert_true(unclaimed > 0);
}

/* Each line has the lengths of all queues, and then when they were read: one after another. */
static void check_samples(struct tool_run *run)
{
	char *at = run->text, *line = tool_next_line(&at), *field;
	int busy = 0, fields = 0;
	char name[32];

	assert_int_equal(strncmp(line, "TIMESTAMP_ns,CPU0", strlen("TIMESTAMP_ns,CPU0")), 0);
	for (char *name_at = line; (name_at = strstr(name_at, "CPU")); name_at++)
		fields++;
	assert_int_equal(fields % 2, 0);
	sprintf(name, ",OFFSET_ns_CPU%d", fields / 2 - 1);
	assert_string_equal(strrchr(line, ','), name);
	while (*at) {
		unsigned long before = 0;

		line = tool_next_line(&at);
		assert_true(strtoull(strsep(&line, ","), NULL, 10) > 0);
		for (int i = 0; i < fields / 2; i++) {
			unsigned long length = strtoul(strsep(&line, ","), NULL, 10);

			busy += i == cpu && length >= BURNERS;
		}
		for (int i = 0; i < fields / 2; i++) {
			field = strsep(&line, ",");
			assert_non_null(field);
			assert_true(strtoul(field, NULL, 10) >= before);
			before = strtoul(field, NULL, 10);
		}
		assert_null(line);
	}
	assert_true(busy > 0);
}

static void test_shares(void **state)
{
	struct tool_run json, text, samples;
	double busy, idle;
	char *at;

	tool_start(&text, CPUUNCLAIMED, "-T", "1", "1");
	/* the text is compiled once, and by CPUs that have nothing else to do */
	tool_wait_line(&text, TITLE);
	assert_int_equal(start_burners(), 0);
	tool_start(&json, CPUUNCLAIMED, "--json", "1", "1");
	tool_start(&samples, CPUUNCLAIMED, "-J", "-d", "1");
	tool_end(&json, 120);
	tool_end(&text, 120);
	tool_end(&samples, 120);
	assert_int_equal(json.status | text.status | samples.status, 0);
	assert_string_equal(text.errors, "");
	check_shares(&json);
	at = text.text;
	assert_string_equal(tool_next_line(&at), TITLE);
	assert_int_equal(sscanf(at, "%*2d:%*2d:%*2d %%CPU %lf%%, unclaimed idle %lf%%\n", &busy, &idle), 2);
	assert_true(busy > 0 && idle >= 0 && busy + idle <= 100.01);
	check_samples(&samples);
	tool_free(&json);
	tool_free(&text);
	tool_free(&samples);
}

static void test_wrong(void **state)
{
	tool_expect_end(2, "print each sample", CPUUNCLAIMED, "-j", "5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, stop_burners);
}
