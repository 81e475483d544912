/* SPDX-License-Identifier: Apache-2.0 */
/* runqslower shows each wait of a process that is kept from its CPU for a known time, and nothing shorter. */
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define RUNQSLOWER "tools/runqslower"

enum { ROUNDS = 5, SPIN_MS = 30, LEAST_US = 20000 };

/* ---- a process that another one keeps from running ---- */

struct rounds {
	int wake[2];
	pid_t waiter;
};

static void real_time(int priority)
{
	struct sched_param param = {.sched_priority = priority};
	cpu_set_t cpus;
	int cpu = 0;

	/* both on the same CPU, the first that this process may use */
	assert_int_equal(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	while (!CPU_ISSET(cpu, &cpus))
		cpu++;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) || sched_setscheduler(0, SCHED_FIFO, &param))
		_exit(77);
}

static void wait_often(void *ctx)
{
	struct rounds *rounds = ctx;
	char c;

	real_time(1);
	for (int i = 0; i < ROUNDS; i++)
		if (read(rounds->wake[0], &c, 1) != 1)
			_exit(1);
}

static bool is_asleep(pid_t pid)
{
	char path[64], state = '?';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		_exit(2);
	fclose(f);
	return state == 'S';
}

/* Wakes the other one, and keeps the CPU for a while. */
static void spin_often(void *ctx)
{
	struct rounds *rounds = ctx;
	double end;

	real_time(50);
	for (int i = 0; i < ROUNDS; i++) {
		do
			usleep(1000);
		while (!is_asleep(rounds->waiter));
		if (write(rounds->wake[1], "w", 1) != 1)
			_exit(1);
		end = tool_now() + SPIN_MS / 1e3;
		while (tool_now() < end)
			;
	}
}

/* Both at once; the waiter waits for its command, so it is begun without waiting for its end. */
static void make_waits(struct workload *waiter, struct workload *spinner)
{
	int status;

	assert_int_equal(write(waiter->go, "g", 1), 1);
	workload_go(spinner);
	close(waiter->go);
	assert_int_equal(waitpid(waiter->pid, &status, 0), waiter->pid);
	assert_int_equal(status, 0);
}

static void new_pair(struct rounds *rounds, struct workload *waiter, struct workload *spinner)
{
	struct sched_param real_time = {.sched_priority = 1}, other = {0};

	if (sched_setscheduler(0, SCHED_FIFO, &real_time)) {
		print_message("skipped: SCHED_FIFO is not allowed here\n");
		skip();
	}
	assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &other), 0);
	assert_int_equal(pipe2(rounds->wake, O_CLOEXEC), 0);
	workload_new(waiter, "waiter", wait_often, rounds);
	rounds->waiter = waiter->pid;
	workload_new(spinner, "spinner", spin_often, rounds);
}

/* The rows after the heading: how many are there, and how many of them had to wait for the spinner. */
static int check_rows(const char *row, int tid, bool previous, int *spun)
{
	int count = 0;

	for (*spun = 0; *row; row = strchr(row, '\n') + 1, count++) {
		int hours, minutes, seconds, found_tid, prev_tid, end = 0;
		char comm[32], prev[32] = "", expected[128];
		long us;

		assert_int_equal(sscanf(row, "%2d:%2d:%2d %31s %d %ld%n", &hours, &minutes, &seconds, comm,
					 &found_tid, &us, &end),
			6);
		snprintf(expected, sizeof(expected), " %-16s %-6d %14ld", "waiter", tid, us);
		assert_memory_equal(row + 8, expected, strlen(expected));
		assert_int_equal(end, 8 + strlen(expected));
		assert_true(us >= LEAST_US);
		if (!previous) {
			assert_int_equal(row[end], '\n');
			continue;
		}
		assert_int_equal(row[end], ' ');
		memcpy(prev, row + end + 1, 16);
		assert_int_equal(sscanf(row + end + 17, " %d", &prev_tid), 1);
		*spun += !strcmp(prev, "spinner         ");
	}
	return count;
}

static void check_table(const char *option, bool previous)
{
	struct workload waiter, spinner;
	struct rounds rounds;
	struct tool_run run;
	int spun, rows;
	char pid[16];

	new_pair(&rounds, &waiter, &spinner);
	tool_start(&run, RUNQSLOWER, "-p", number_text(pid, waiter.pid), "20000", option);
	tool_wait_line(
		&run, previous ? "TIME     COMM             TID           LAT(us) PREV COMM        PREV TID"
			       : "TIME     COMM             TID           LAT(us)");
	make_waits(&waiter, &spinner);
	tool_stop(&run, SIGINT);
	assert_memory_equal(run.text, "Tracing run queue latency higher than 20000 us\nTIME ", 52);
	rows = check_rows(strchr(strchr(run.text, '\n') + 1, '\n') + 1, waiter.pid, previous, &spun);
	/* on a machine that takes the CPU away it may have waited more often */
	assert_true(rows >= ROUNDS);
	if (previous)
		assert_in_range(spun, 1, ROUNDS);
	assert_string_equal(run.errors, "");
	tool_free(&run);
	close(rounds.wake[0]);
	close(rounds.wake[1]);
}

static void test_slow(void **state)
{
	check_table(NULL, false);
}

static void test_previous(void **state)
{
	check_table("-P", true);
}

static void test_json(void **state)
{
	struct workload waiter, spinner;
	struct rounds rounds;
	struct tool_run run;
	char pid[16];
	int rows = 0;

	new_pair(&rounds, &waiter, &spinner);
	tool_start(&run, RUNQSLOWER, "--json", "-P", "-p", number_text(pid, waiter.pid), "20ms");
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	make_waits(&waiter, &spinner);
	tool_stop(&run, SIGINT);
	for (const char *row = strchr(run.text, '\n') + 1; *row; row = strchr(row, '\n') + 1, rows++) {
		const char *at = strstr(row, ",\"comm\":\"waiter\",");
		int tid, found_pid, prev_tid, end = 0;
		char prev[32];
		long ns;

		assert_memory_equal(row, "{\"time\":\"", 9);
		assert_non_null(at);
		assert_int_equal(
			sscanf(at,
				",\"comm\":\"waiter\",\"tid\":%d,\"lat_ns\":%ld,\"prev_comm\":\"%31[^\"]\",\"prev_tid\":%d,\"pid\":%d}%n",
				&tid, &ns, prev, &prev_tid, &found_pid, &end),
			5);
		assert_int_equal(at[end], '\n');
		assert_int_equal(tid, waiter.pid);
		assert_int_equal(found_pid, waiter.pid);
		assert_true(ns > LEAST_US * 1000L);
		if (!strcmp(prev, "spinner"))
			assert_int_equal(prev_tid, spinner.pid);
	}
	assert_true(rows >= ROUNDS);
	tool_free(&run);
	close(rounds.wake[0]);
	close(rounds.wake[1]);
}

/* ---- all waits ---- */

struct threads {
	pid_t other;
	long switches; /* of the other thread */
};

static void *sleep_often(void *arg)
{
	struct rusage before, after;
	struct threads *threads = arg;

	if (threads) {
		prctl(PR_SET_NAME, "other");
		__atomic_store_n(&threads->other, gettid(), __ATOMIC_SEQ_CST);
	}
	getrusage(RUSAGE_THREAD, &before);
	for (int i = 0; i < 200; i++)
		usleep(1000);
	getrusage(RUSAGE_THREAD, &after);
	if (threads)
		threads->switches = after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw;
	return NULL;
}

static void sleep_in_threads(void *ctx)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleep_often, ctx))
		_exit(1);
	sleep_often(NULL);
	pthread_join(thread, NULL);
}

/* Each wait of the other thread: one for each time that it gave up its CPU, and a few before and after it
 * counted. A busy kernel sometimes skips programs on these tracepoints. */
static void check_all(const char *option, const char *value)
{
	struct threads *threads =
		mmap(NULL, sizeof(*threads), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long others = 0, mains = 0;
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "sleepers", sleep_in_threads, threads);
	tool_start(&run, RUNQSLOWER, "-p", number_text(pid, w.pid), "0", "--buffer-pages", "1024",
		"--columns", "tid,pid,comm", option, value);
	tool_wait_line(&run, "TID    PID     COMM            ");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	for (const char *row = strstr(run.text, "\nTID ") + 33; *row; row = strchr(row, '\n') + 1) {
		char other[64], first[64];

		/* before it had its name, the other thread had that of the first one */
		sprintf(other, "%-6d %-7d ", threads->other, w.pid);
		sprintf(first, "%-6d %-7d %-16s\n", w.pid, w.pid, "sleepers");
		if (!strncmp(row, other, strlen(other)))
			others++;
		else if (!strncmp(row, first, strlen(first)))
			mains++;
		else
			fail_msg("neither of the threads:\n%s", row);
	}
	assert_true(threads->switches >= 100);
	assert_in_range(others, getenv("BCC_TEST_NO_SKIP") ? threads->switches : threads->switches * 9 / 10,
		threads->switches + 10);
	if (option)
		assert_int_equal(mains, 0);
	else
		assert_true(mains >= 90);
	assert_string_equal(run.errors, "");
	tool_free(&run);
	munmap(threads, sizeof(*threads));
}

static void test_all(void **state)
{
	check_all(NULL, NULL);
}

static void test_name(void **state)
{
	check_all("-c", "other");
}

/* One thread of a process. */
static void test_thread(void **state)
{
	struct tool_run run;
	struct workload w;
	char tid[16];

	workload_new(&w, "sleepers", sleep_in_threads,
		mmap(NULL, sizeof(struct threads), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			0));
	tool_start(&run, RUNQSLOWER, "-t", number_text(tid, w.pid), "0", "--columns", "tid", "--rows", "50");
	tool_wait_line(&run, "TID   ");
	workload_go(&w);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_int_equal(tool_count_lines(&run), 52);
	for (const char *row = strstr(run.text, "\nTID ") + 8; *row; row = strchr(row, '\n') + 1)
		assert_int_equal(atoi(row), w.pid);
	tool_free(&run);
}

static void test_refused(void **state)
{
	static const char *const wrong[][2] = {{"x", NULL}, {"", NULL}, {"1000", "1000"}, {"5x", NULL}};
	struct tool_run run;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tool_start(&run, RUNQSLOWER, wrong[i][0], wrong[i][1]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		tool_free(&run);
	}
	tool_start(&run, RUNQSLOWER, "1500ns", "-d", "1ms");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_memory_equal(run.text, "Tracing run queue latency higher than 1500 ns\n", 46);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_previous),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
