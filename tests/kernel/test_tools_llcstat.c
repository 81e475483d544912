/* SPDX-License-Identifier: Apache-2.0 */
/* llcstat counts events of a process. Few machines that run tests count references to caches, so they are
 * page faults here. */
#include <sys/mman.h>
#include <sys/resource.h>

#include "testlib.h"
#include "tool_run.h"

#define LLCSTAT "tools/llcstat"
#define TITLE "Running for 600 seconds or hit Ctrl-C to end."

enum { PAGES = 500 };

static long *inner; /* faults that the kernel counted while the pages were touched; shared with the process */
static long outer;  /* and in all of its life */

static long faults_of(int whose)
{
	struct rusage usage;

	if (getrusage(whose, &usage))
		return -1;
	return usage.ru_minflt + usage.ru_majflt;
}

static void touch(void *ctx)
{
	long before = faults_of(RUSAGE_SELF);
	char *memory = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED || madvise(memory, PAGES * 4096, MADV_NOHUGEPAGE))
		_exit(1);
	for (int i = 0; i < PAGES; i++)
		((volatile char *)memory)[i * 4096] = 1;
	*inner = faults_of(RUSAGE_SELF) - before;
}

static void run_tool(struct tool_run *run, pid_t *pid, const char *a, const char *b)
{
	struct workload w;
	char number[16];

	workload_new(&w, "tou\ncher", touch, NULL);
	*pid = w.pid;
	tool_start(run, LLCSTAT, "--software", "-p", number_text(number, w.pid), "600", "-c1", a, b);
	while (!strchr(run->text, '\n') && tool_read(run, 60000))
		;
	outer = -faults_of(RUSAGE_CHILDREN);
	workload_go(&w);
	outer += faults_of(RUSAGE_CHILDREN);
	assert_true(*inner >= PAGES);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

/* A row for each CPU that the process was on. */
static void test_table(void **state)
{
	unsigned long references, misses, faults = 0, switches = 0;
	char heading[128], *at, *line;
	struct tool_run run;
	double hit;
	pid_t pid;
	int n, cpu;

	run_tool(&run, &pid, "-t", NULL);
	at = run.text;
	assert_string_equal(tool_next_line(&at), TITLE);
	assert_string_equal(tool_next_line(&at), "");
	sprintf(heading, "%-8s %-8s %-16s %-4s %12s %12s %7s", "PID", "TID", "NAME", "CPU", "REFERENCE",
		"MISS", "HIT%");
	assert_string_equal(tool_next_line(&at), heading);
	sprintf(heading, "%-8d %-8d %-16s ", pid, pid, "tou\\ncher");
	for (line = tool_next_line(&at); *line != 'T'; line = tool_next_line(&at)) {
		assert_int_equal(strncmp(line, heading, strlen(heading)), 0);
		n = sscanf(line + strlen(heading), "%d %lu %lu %lf", &cpu, &references, &misses, &hit);
		assert_true(n == 4 || (n == 3 && !references));
		assert_true(n == 3 || (hit >= 0 && hit <= 100));
		faults += references;
		switches += misses;
	}
	assert_in_range(faults, *inner, outer);
	assert_int_equal(
		sscanf(line, "Total References: %lu Total Misses: %lu Hit Rate: ", &references, &misses), 2);
	assert_int_equal(references, faults);
	assert_int_equal(misses, switches);
	assert_string_equal(at, "");
	tool_free(&run);
}

static void test_json(void **state)
{
	unsigned long references, faults = 0;
	struct tool_run run;
	char expected[64];
	pid_t pid;

	run_tool(&run, &pid, "--json", NULL);
	sprintf(expected, "{\"pid\":%d,\"name\":\"tou\\ncher\",\"cpu\":", pid);
	for (const char *at = run.text; (at = strstr(at, expected)); at++) {
		assert_int_equal(sscanf(strstr(at, "\"reference\":"), "\"reference\":%lu,", &references), 1);
		faults += references;
	}
	assert_in_range(faults, *inner, outer);
	assert_null(strstr(run.text, "Total"));
	tool_free(&run);
}

/* It counts, or says that it cannot. */
static void test_hardware(void **state)
{
	struct tool_run run;

	tool_start(&run, LLCSTAT, "0.2");
	tool_end(&run, 120);
	if (run.status) {
		assert_int_equal(run.status, 1);
		assert_string_equal(run.errors,
			"llcstat: this machine does not count references to caches: virtual machines often "
			"cannot\n");
	} else {
		assert_non_null(strstr(run.text, "\nTotal References: "));
	}
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_hardware),
	};

	inner = mmap(NULL, sizeof(*inner), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (inner == MAP_FAILED)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
