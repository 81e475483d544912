/* SPDX-License-Identifier: Apache-2.0 */
/* offcputime, wakeuptime and offwaketime, with a thread that sleeps in a known function and one that another
 * one wakes in a known function. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "testlib.h"
#include "thread_state.h"
#include "tool_run.h"

/* The least time that is spent off the CPU. The sleeps take twice that, or more where machines are slow; but
 * they begin before the thread leaves the CPU. */
enum { TIMES = 20, SLEEP_US = 5000, SUM_US = TIMES * SLEEP_US / 2 };

static int pipe_ends[2];
static _Atomic pid_t waiter; /* 0 until it has nothing to do but to wait */
static long most_us;	     /* that any thread can have spent off the CPU: what its process took */

/* The C library has no frame pointers: whoever calls it is missing in stacks, but not who calls that. */
__attribute__((noinline)) static void sleep_inside(void)
{
	struct timespec t = {.tv_nsec = SLEEP_US * 1000L};

	while (nanosleep(&t, &t))
		;
}

__attribute__((noinline)) static void wait_inside(void)
{
	char c;

	if (read(pipe_ends[0], &c, 1) != 1)
		_exit(1);
}

__attribute__((noinline)) static void wake_inside(void)
{
	if (write(pipe_ends[1], "w", 1) != 1)
		_exit(1);
}

/* Names that the linker has. */
void offcpu_sleep(void);
void offcpu_wait(void);
void offcpu_wake(void);

__attribute__((noinline)) void offcpu_sleep(void)
{
	sleep_inside();
}

__attribute__((noinline)) void offcpu_wait(void)
{
	wait_inside();
}

__attribute__((noinline)) void offcpu_wake(void)
{
	wake_inside();
}

static void *wait_often(void *ctx)
{
	prctl(PR_SET_NAME, "waiter");
	waiter = syscall(SYS_gettid);
	for (int i = 0; i < TIMES; i++)
		offcpu_wait();
	return NULL;
}

/* The waiter waits while the sleeper sleeps. */
static void sleep_and_wake(void *ctx)
{
	pthread_t thread;

	if (pipe(pipe_ends) || pthread_create(&thread, NULL, wait_often, NULL))
		_exit(1);
	prctl(PR_SET_NAME, "sleeper");
	for (int i = 0; i < TIMES; i++) {
		/* on a busy machine, it might come so late that it need not wait */
		while (!waiter || thread_state(waiter) != 'S')
			sched_yield();
		offcpu_sleep();
		offcpu_wake();
	}
	pthread_join(thread, NULL);
}

static void run_tool(struct tool_run *run, pid_t *pid, const char *tool, const char *title, const char *a,
	const char *b, const char *c)
{
	char number[16], line[128];
	struct workload w;

	workload_new(&w, "sleeper", sleep_and_wake, NULL);
	*pid = w.pid;
	tool_start(run, tool, "-p", number_text(number, w.pid), a, b, c);
	if (title) {
		snprintf(line, sizeof(line), title, w.pid);
		tool_wait_line(run, line);
	} else {
		/* the first line of JSON */
		while (!strchr(run->text, '\n') && tool_read(run, 60000))
			;
	}
	workload_go(&w);
	most_us = (long)(w.seconds * 1e6);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

/* The sum of the times of the rows of JSON that have both texts. */
static long sum_of(const char *text, const char *a, const char *b)
{
	char *copy = strdup(text), *at = copy, *line;
	long sum = 0;

	while ((line = strsep(&at, "\n"))) {
		const char *time = strstr(line, "\"time_ns\":");

		if (time && strstr(line, a) && strstr(line, b))
			sum += strtol(time + strlen("\"time_ns\":"), NULL, 10);
	}
	free(copy);
	return sum;
}

/* The number that follows the line, in text. */
static long number_after(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	assert_non_null(at);
	return strtol(at + strlen(line), NULL, 10);
}

static void test_offcputime_text(void **state)
{
	struct tool_run run;
	char line[64], *at;
	long sum = 0;
	pid_t pid;

	run_tool(&run, &pid, "tools/offcputime",
		"Tracing off-CPU time (us) of PID %d by user + kernel stack... Hit Ctrl-C to end.", "-d",
		"-s", "-m1");
	/* it may also have lost its CPU to others there */
	sprintf(line, "\n    %-16s %s (%d)\n        ", "-", "sleeper", pid);
	for (at = run.text; (at = strstr(at, "offcpu_sleep+0x")); at++)
		sum += number_after(at, line);
	assert_in_range(sum, SUM_US, most_us);
	assert_non_null(strstr(run.text, "schedule+0x"));
	assert_null(strstr(run.text, "bpf_"));
	assert_null(strstr(run.text, "traceiter"));
	assert_non_null(strstr(run.text, "\n    --\n"));
	tool_free(&run);
}

static void test_offcputime_json(void **state)
{
	struct tool_run run;
	char sleeper[64];
	pid_t pid;

	run_tool(&run, &pid, "tools/offcputime", NULL, "--json", "-U", "--state=1");
	sprintf(sleeper, "{\"comm\":\"sleeper\",\"pid\":%d,\"kernel\":[],\"user\":[\"", pid);
	assert_in_range(sum_of(run.text, sleeper, "\"offcpu_sleep+0x") / 1000, SUM_US, most_us);
	assert_in_range(sum_of(run.text, "{\"comm\":\"waiter\"", "\"offcpu_wait+0x") / 1000, 1, most_us);
	tool_free(&run);
}

/* No wait is so long. */
static void test_offcputime_none(void **state)
{
	struct tool_run run;
	pid_t pid;

	run_tool(&run, &pid, "tools/offcputime",
		"Tracing off-CPU time (us) of PID %d by kernel stack... Hit Ctrl-C to end.", "-K",
		"-m900000000", "-M1000000000");
	assert_string_equal(strchr(run.text, '\n'), "\n\n");
	tool_free(&run);
}

static void test_wakeuptime(void **state)
{
	const char *waker = "\n    waker:           sleeper\n        ";
	struct tool_run run;
	pid_t pid;
	char *at;

	run_tool(&run, &pid, "tools/wakeuptime",
		"Tracing blocked time (us) by kernel stack... Hit Ctrl-C to end.", NULL, NULL, NULL);
	at = strstr(run.text, "\n    target:          waiter\n");
	for (; at && !strstr(at, waker); at = strstr(at + 1, "\n    target:          waiter\n"))
		;
	assert_non_null(at);
	assert_in_range(number_after(at, waker), 1, most_us);
	/* the sleeper is woken by interrupts of whatever runs */
	assert_non_null(strstr(run.text, "\n    target:          sleeper\n"));
	/* the functions begin with what wakes, not with what traces */
	at = strchr(at + 1, '\n');
	assert_int_equal(strncmp(at, "\n    try_to_wake_up", 19), 0);
	tool_free(&run);
}

static void test_offwaketime(void **state)
{
	struct tool_run run;
	char waker[64];
	pid_t pid;

	run_tool(&run, &pid, "tools/offwaketime",
		"Tracing blocked time (us) by user off-CPU and waker stack... Hit Ctrl-C to end.", "-U", NULL,
		NULL);
	sprintf(waker, "    waker:           sleeper %d\n    ", pid);
	assert_non_null(strstr(run.text, waker));
	assert_non_null(strstr(run.text, "\n    offcpu_wake\n"));
	assert_non_null(strstr(run.text, "\n    --               --\n"));
	assert_non_null(strstr(run.text, "\n    target:          waiter "));
	tool_free(&run);
	run_tool(&run, &pid, "tools/offwaketime", NULL, "--json", "-m100", NULL);
	sprintf(waker, "\"wcomm\":\"sleeper\",\"wpid\":%d,\"wtid\":%d,", pid, pid);
	assert_in_range(sum_of(run.text, "{\"comm\":\"waiter\"", waker) / 1000, 1, most_us);
	assert_in_range(
		sum_of(run.text, "{\"comm\":\"sleeper\"", "\"offcpu_sleep+0x") / 1000, SUM_US, most_us);
	tool_free(&run);
}

static void expect_usage(const char *tool, const char *a, const char *b, const char *message)
{
	struct tool_run run;

	tool_start(&run, tool, a, b);
	tool_end(&run, 60);
	assert_int_equal(run.status, 2);
	assert_non_null(strstr(run.errors, message));
	tool_free(&run);
}

static void test_wrong(void **state)
{
	expect_usage("tools/offcputime", "-u", "-k", "cannot be combined");
	expect_usage("tools/offcputime", "-k", "-U", "cannot be combined");
	expect_usage("tools/offwaketime", "-K", "-U", "cannot be combined");
	expect_usage("tools/wakeuptime", "-m5", "-M4", "the least time is greater");
	expect_usage("tools/offcputime", "--state", "x", "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offcputime_text),
		cmocka_unit_test(test_offcputime_json),
		cmocka_unit_test(test_offcputime_none),
		cmocka_unit_test(test_wakeuptime),
		cmocka_unit_test(test_offwaketime),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
