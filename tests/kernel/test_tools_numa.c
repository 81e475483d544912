/* SPDX-License-Identifier: Apache-2.0 */
/* numamove and numasched, on machines with one NUMA node too. numamove: the test runs the tool's programs for
 * the tracepoints. numasched: a process moves from one CPU to another, as if each were a node. */
#include <sched.h>

#include "testlib.h"
#include "tool_program.h"

#define NUMAMOVE "tools/numamove"
#define NUMASCHED "tools/numasched"
#define TITLE "Tracing task NUMA switch...\n"
#define SCHED_HEADING "TIME     PID      TID      SRC_NID     DST_NID  COMM    "

/* ---- pages ---- */

/* of enum migrate_reason */
enum { MISPLACED = 5, OF_SYSCALL = 3 };
enum { MIGRATIONS = 5, OTHERS = 2, TIME_US = 2000 };

static void migrate(int begin, int end, int reason, unsigned us)
{
	const uint64_t begins[] = {0, reason}, ends[12] = {1};

	tool_program_run(begin, begins, sizeof(begins));
	usleep(us);
	tool_program_run(end, ends, sizeof(ends));
}

static void test_move(void **state)
{
	long migrations = 0, milliseconds = 0;
	struct tool_run run, json;
	char pid[16], *at;
	const char *member;
	int begin, end;

	number_text(pid, getpid());
	tool_start(&run, NUMAMOVE, "-p", pid, "1");
	tool_wait_line(&run, "TIME          NUMA_migrations NUMA_migrations_ms");
	tool_start(&json, NUMAMOVE, "-p", pid, "--json", "3600");
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	for (struct tool_run *r = &run; r; r = r == &run ? &json : NULL) {
		begin = tool_program(r, "mm_migrate_pages_start");
		end = tool_program(r, "mm_migrate_pages");
		for (int i = 0; i < MIGRATIONS; i++)
			migrate(begin, end, MISPLACED, TIME_US);
		for (int i = 0; i < OTHERS; i++)
			migrate(begin, end, OF_SYSCALL, 0);
		close(begin);
		close(end);
	}
	tool_stop(&run, SIGINT);
	tool_stop(&json, SIGINT);

	tool_cut_times(&run, 11);
	at = strchr(run.text, '\n') + 1;
	while (*at) {
		long counted, ms;
		char row[64], *line = tool_next_line(&at);

		assert_int_equal(sscanf(line, "%ld %ld", &counted, &ms), 2);
		sprintf(row, "%18ld %18ld", counted, ms);
		assert_string_equal(line, row);
		migrations += counted;
		milliseconds += ms;
	}
	assert_int_equal(migrations, MIGRATIONS);
	assert_true(milliseconds >= MIGRATIONS * TIME_US / 1000 - 1);
	member = strstr(json.text, "\"migrations\":");
	assert_non_null(member);
	assert_int_equal(strtol(strchr(member, ':') + 1, NULL, 10), MIGRATIONS);
	member = strstr(json.text, "\"migrations_ns\":");
	assert_non_null(member);
	assert_true(strtol(strchr(member, ':') + 1, NULL, 10) >= MIGRATIONS * TIME_US * 1000L);
	assert_string_equal(run.errors, "");
	tool_free(&run);
	tool_free(&json);
}

/* ---- tasks ---- */

enum { MOVES = 6 };

static int cpus[2];

static void run_on(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		_exit(1);
}

static void move(void *ctx)
{
	for (int i = 1; i <= MOVES; i++)
		run_on(cpus[i % 2]);
}

static bool find_cpus(void)
{
	cpu_set_t all;
	int found = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++)
		if (CPU_ISSET(cpu, &all))
			cpus[found++] = cpu;
	return found == 2;
}

static void test_sched(void **state)
{
	char pid[16], expected[1024] = "";
	struct tool_run run, nodes;
	cpu_set_t before;
	struct workload w;

	if (!find_cpus())
		test_missing("there is only one CPU");
	/* the child begins on the first one, and stays there */
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	run_on(cpus[0]);
	workload_new(&w, "moves", move, NULL);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	number_text(pid, w.pid);
	tool_start(&run, NUMASCHED, "-p", pid, "--by-cpu");
	tool_wait_line(&run, SCHED_HEADING);
	tool_start(&nodes, NUMASCHED, "-p", pid);
	tool_wait_line(&nodes, SCHED_HEADING);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_stop(&nodes, SIGINT);
	if (access("/sys/devices/system/node/node1", F_OK))
		assert_int_equal(tool_count_lines(&nodes), 2);
	else
		print_message("rows of nodes:\n%s", nodes.text);

	assert_int_equal(strncmp(run.text, TITLE, strlen(TITLE)), 0);
	memmove(run.text, run.text + strlen(TITLE), strlen(run.text + strlen(TITLE)) + 1);
	tool_cut_times(&run, 9);
	add(expected, "%s\n", strchr(SCHED_HEADING, 'P'));
	for (int i = 1; i <= MOVES; i++)
		add(expected, "%-8d %-8d %-8d -> %-8d %-8s\n", w.pid, w.pid, cpus[(i + 1) % 2], cpus[i % 2],
			"moves");
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
	tool_free(&nodes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_move), cmocka_unit_test(test_sched)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
