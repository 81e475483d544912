/* SPDX-License-Identifier: Apache-2.0 */
/* wqlat counts the work of our pseudo-terminal: each write is handed to the other side by a work queue. perf
 * says how much work there was, of anyone. */
#include <linux/perf_event.h>
#include <pty.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <termios.h>

#include "tool_run.h"

#define WQLAT "tools/wqlat"
#define TITLE "Tracing work queue request latency time... Hit Ctrl-C to end."

/* so many that the work of anyone, while a tool starts and ends, is less */
enum { WRITES = 500, MOST_CPUS = 256 };

/* ---- how much work the kernel began, as perf counts it ---- */

static int counters[MOST_CPUS];

static int tracepoint_id(void)
{
	FILE *f = fopen("/sys/kernel/tracing/events/workqueue/workqueue_execute_start/id", "re");
	int id = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &id) != 1)
		id = -1;
	fclose(f);
	return id;
}

static int set_up(void **state)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr)};

	/* in a mount namespace of this process's own */
	if (access("/sys/kernel/tracing/events", F_OK) &&
		(unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
			mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL)))
		return -1;
	attr.config = tracepoint_id();

	for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN) && cpu < MOST_CPUS; cpu++) {
		counters[cpu] = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
		if (counters[cpu] < 0)
			return -1;
	}
	return 0;
}

static long begun(void)
{
	long sum = 0;

	for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN) && cpu < MOST_CPUS; cpu++) {
		uint64_t count = 0;

		assert_int_equal(read(counters[cpu], &count, sizeof(count)), sizeof(count));
		sum += count;
	}
	return sum;
}

/* ---- the work ---- */

/* The work of each write has been done when it can be read. */
static void write_often(void)
{
	struct termios raw;
	int master, slave;
	char c;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	assert_int_equal(tcgetattr(slave, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	for (int i = 0; i < WRITES; i++) {
		assert_int_equal(write(master, "x", 1), 1);
		assert_int_equal(read(slave, &c, 1), 1);
	}
	close(master);
	close(slave);
}

static long sum(const char *at)
{
	long total = 0;

	if (!at)
		return -1;
	for (at = strchr(at, '\n') + 1; *at && *at != '\n'; at = strchr(at, '\n') + 1) {
		long low, high, count;

		if (sscanf(at, "%ld -> %ld : %ld |", &low, &high, &count) == 3)
			total += count;
	}
	return total;
}

static void test_terminal(void **state)
{
	struct tool_run all, each, one, none, json;
	long first, before, after, ended;
	const char *at;

	tool_start(&each, WQLAT, "-NW");
	tool_wait_line(&each, TITLE);
	first = begun();
	tool_start(&one, WQLAT, "-w", "events_unbound");
	tool_start(&none, WQLAT, "-w", "bcc_no_such_queue");
	tool_start(&json, WQLAT, "--json", "-W", "-w", "events_unbound");
	tool_wait_line(&one, TITLE);
	tool_wait_line(&none, TITLE);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	before = begun();
	tool_start(&all, WQLAT, "-T");
	tool_wait_line(&all, TITLE);
	write_often();
	tool_stop(&all, SIGINT);
	after = begun();
	tool_stop(&each, SIGINT);
	tool_stop(&one, SIGINT);
	tool_stop(&none, SIGINT);
	tool_stop(&json, SIGINT);
	ended = begun();

	at = strstr(each.text, "\nwqname = events_unbound\n     nsecs ");
	if (!at)
		fail_msg("no section events_unbound in:\n%s", each.text);
	assert_true(sum(at + strlen("\nwqname = events_unbound")) >= WRITES);
	at = strstr(all.text, "     usecs ");
	assert_non_null(at);
	/* not all that is begun was queued: the kernel's waits for work are work, too */
	assert_in_range(sum(at), WRITES, after - before);
	at = strstr(one.text, "     usecs ");
	assert_non_null(at);
	assert_in_range(sum(at), WRITES, ended - first);
	assert_null(strstr(one.text, "wqname"));
	assert_null(strstr(none.text, "usecs"));
	assert_non_null(strstr(json.text, "\"val_type\":\"usecs\",\"wqname\":\"events_unbound\",\"data\":["));
	assert_int_equal(tool_count_lines(&json), 2);
	assert_string_equal(each.errors, "");
	tool_free(&all);
	tool_free(&each);
	tool_free(&one);
	tool_free(&none);
	tool_free(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup(test_terminal, set_up)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
