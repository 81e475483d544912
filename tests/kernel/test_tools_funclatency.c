/* SPDX-License-Identifier: Apache-2.0 */
/*
 * funclatency times a function of ours that calls itself, at each depth, and others; what is left by
 * longjmp() is counted apart. funcinterval has one interval less than there are calls.
 */
#include <pthread.h>
#include <sys/syscall.h>

#include "static_probe.h"
#include "testlib.h"
#include "thread_state.h"
#include "tool_run.h"

#define FUNCLATENCY "tools/funclatency"
#define FUNCINTERVAL "tools/funcinterval"

enum { DEPTH = 6, NAP_US = 2000, JUMPS = 3, FAST = 40, CALLS = 12 };

static jmp_buf before;

/* Level n of DEPTH takes at least n naps. */
__attribute__((noinline, used)) static int bcc_timed_nested(int n)
{
	usleep(NAP_US);
	if (n > 1)
		bcc_timed_nested(n - 1);
	__asm__ volatile("" : "+r"(n));
	return n;
}

__attribute__((noinline, used)) static int bcc_timed_jumps(int jump)
{
	if (jump)
		longjmp(before, 1);
	__asm__ volatile("" : "+r"(jump));
	return jump;
}

__attribute__((noinline, used)) static int bcc_timed_fast(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

static void call_all(void *ctx)
{
	bcc_timed_nested(DEPTH);
	for (volatile int i = 0; i < JUMPS; i++)
		if (!setjmp(before))
			bcc_timed_jumps(1);
	bcc_timed_jumps(0);
	for (int i = 0; i < FAST; i++)
		bcc_timed_fast(i);
	for (int i = 0; i < CALLS; i++) {
		__asm__ volatile(STATIC_PROBE("bcc_timed", "reached", "0", ""));
		syscall(SYS_getpriority, 0, 0);
	}
}

static bool has_kprobes(void)
{
	return !access("/sys/bus/event_source/devices/kprobe", F_OK);
}

/* The sums of the counts of rows up to the next empty line, and of those that begin at `least` or later. */
static long sum(const char *at, long least, long *later)
{
	long total = 0;

	*later = 0;
	for (at = strchr(at, '\n') + 1; *at && *at != '\n'; at = strchr(at, '\n') + 1) {
		long low, high, count;

		if (sscanf(at, "%ld -> %ld : %ld |", &low, &high, &count) != 3)
			continue;
		total += count;
		if (low >= least)
			*later += count;
	}
	return total;
}

static const char *section(const struct tool_run *run, const char *name)
{
	char heading[128];
	const char *at;

	sprintf(heading, "\nFunction = %s\n", name);
	at = strstr(run->text, heading);
	if (!at)
		fail_msg("no section %s in:\n%s\nstderr:\n%s", name, run->text, run->errors);
	return at ? at + strlen(heading) : "";
}

static void wait_title(struct tool_run *run, const char *tool_said)
{
	while (!strstr(run->text, "... Hit Ctrl-C to end.\n"))
		if (!tool_read(run, 60000)) {
			tool_end(run, 0);
			fail_msg("%s: %s", tool_said, run->errors);
		}
}

/* Detaching takes a while: all at the same time. */
static void stop_all(struct tool_run **runs, int count)
{
	for (int i = 0; i < count; i++)
		kill(runs[i]->pid, SIGINT);
	for (int i = 0; i < count; i++) {
		tool_end(runs[i], 60);
		assert_int_equal(runs[i]->status, 0);
	}
}

/* The last line: count and total. */
static long counted(const struct tool_run *run, long *total)
{
	const char *at = strstr(run->text, "\navg = ");
	long average, count;
	char unit[8];

	assert_non_null(at);
	assert_int_equal(sscanf(at, "\navg = %ld %5s, total: %ld %5s, count: %ld", &average, unit, total,
				 unit, &count),
		5);
	assert_int_equal(average, *total / count);
	return count;
}

static void test_user(void **state)
{
	enum { ALL = DEPTH + 1 + FAST };
	/* naps of all levels */
	const long naps = DEPTH * (DEPTH + 1) / 2 * NAP_US;
	char self[PATH_MAX] = "", all[PATH_MAX + 32], nested[PATH_MAX + 32], pid[16], name[64];
	struct tool_run by_function, outer, plain, shared;
	struct workload w;
	long total, later;

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	sprintf(all, "%s:bcc_timed_*", self);
	sprintf(nested, "%s:bcc_timed_nested", self);
	workload_new(&w, "timed", call_all, NULL);
	number_text(pid, w.pid);
	tool_start(&by_function, FUNCLATENCY, "-uF", "-p", pid, all);
	wait_title(&by_function, "-uF");
	tool_start(&outer, FUNCLATENCY, "-u", "-l2", "-p", pid, nested);
	tool_start(&plain, FUNCLATENCY, "-rm", "-p", pid, all);
	tool_start(&shared, FUNCLATENCY, "-u", "--comm", "timed", nested);
	wait_title(&outer, "-l2");
	wait_title(&plain, "-rm");
	wait_title(&shared, "--comm");
	workload_go(&w);
	stop_all((struct tool_run *[]){&by_function, &outer, &plain, &shared}, 4);

	assert_non_null(strstr(by_function.text, "Tracing 3 functions for \""));
	assert_int_equal(counted(&by_function, &total), ALL);
	assert_true(total >= naps);
	assert_int_equal(sum(section(&by_function, "bcc_timed_nested"), NAP_US / 2, &later), DEPTH);
	assert_int_equal(later, DEPTH);
	assert_int_equal(sum(section(&by_function, "bcc_timed_jumps"), 0, &later), 1);
	assert_int_equal(sum(section(&by_function, "bcc_timed_fast"), 0, &later), FAST);
	assert_string_equal(
		by_function.errors, "funclatency: 3 calls are not shown: their returns were missed\n");

	/* only the outermost two */
	assert_int_equal(counted(&outer, &total), 2);
	assert_true(total >= (DEPTH + DEPTH - 1) * NAP_US);
	assert_string_equal(outer.errors, "");
	assert_null(strstr(outer.text, "Function"));

	assert_int_equal(counted(&plain, &total), ALL);
	assert_true(total >= naps / 1000);
	assert_null(strstr(plain.text, "Function"));

	/* of each process, as none is named */
	sprintf(name, "bcc_timed_nested [%d]", w.pid);
	assert_int_equal(sum(section(&shared, name), 0, &later), DEPTH);
	tool_free(&by_function);
	tool_free(&outer);
	tool_free(&plain);
	tool_free(&shared);
}

static void test_kernel(void **state)
{
	struct tool_run run, json;
	struct workload w;
	char pid[16];
	long total;

	if (!has_kprobes()) {
		tool_start(&run, FUNCLATENCY, "vfs_read");
		tool_end(&run, 60);
		assert_int_equal(run.status, 1);
		assert_non_null(strstr(run.errors, "no kprobes"));
		tool_free(&run);
		return;
	}
	workload_new(&w, "timed", call_all, NULL);
	number_text(pid, w.pid);
	tool_start(&run, FUNCLATENCY, "-Fp", pid, "sys_getpriority");
	tool_start(&json, FUNCLATENCY, "--json", "-r", "-Fp", pid, "__(x64|arm64)_sys_getpriority$");
	wait_title(&run, "sys_getpriority");
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_stop(&json, SIGINT);
	assert_int_equal(counted(&run, &total), CALLS);
#ifdef __x86_64__
	assert_int_equal(sum(section(&run, "__x64_sys_getpriority"), 0, &(long){0}), CALLS);
	assert_non_null(strstr(json.text, "__x64_sys_getpriority"));
#endif
	assert_non_null(strstr(json.text, "\"count\":12}\n"));
	assert_string_equal(run.errors, "");
	tool_free(&run);
	tool_free(&json);
}

/* ---- more calls at once than the kernel follows ---- */

enum { SLEEPERS = 64, SLEEPS = 2 };

static struct sleeper {
	pthread_t thread;
	int tid, sleeps; /* begun */
} sleepers[SLEEPERS];

static void wake(int signal)
{
}

static void *sleep_until_woken(void *ctx)
{
	const struct timespec hour = {3600, 0};
	struct sleeper *s = ctx;

	s->tid = syscall(SYS_gettid);
	for (int i = 1; i <= SLEEPS; i++) {
		__atomic_store_n(&s->sleeps, i, __ATOMIC_SEQ_CST);
		nanosleep(&hour, NULL);
	}
	return NULL;
}

/* All sleep before the first is woken. */
static void sleep_together(void *ctx)
{
	struct sigaction action = {.sa_handler = wake};

	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < SLEEPERS; i++)
		if (pthread_create(&sleepers[i].thread, NULL, sleep_until_woken, &sleepers[i]))
			_exit(3);
	for (int round = 1; round <= SLEEPS; round++) {
		for (int i = 0; i < SLEEPERS; i++)
			while (__atomic_load_n(&sleepers[i].sleeps, __ATOMIC_SEQ_CST) != round ||
				thread_state(sleepers[i].tid) != 'S')
				poll(NULL, 0, 1); /* and not nanosleep(), which is counted */
		for (int i = 0; i < SLEEPERS; i++)
			pthread_kill(sleepers[i].thread, SIGUSR1);
	}
	for (int i = 0; i < SLEEPERS; i++)
		pthread_join(sleepers[i].thread, NULL);
}

/* The programs see that a return was missed when the thread calls again further up on its stack, whose place
 * may be random for each system call: so they see some of them. The kernel counts all. */
static void test_missed(void **state)
{
	long missed = 0, left_out = 0, shown, total;
	struct tool_run run;
	struct workload w;
	const char *said;
	char pid[16];

	if (!has_kprobes())
		test_missing("this kernel has no kprobes");
	if (sysconf(_SC_NPROCESSORS_CONF) > 16)
		test_too_old("with this many CPUs the kernel follows %d calls", SLEEPERS);
	workload_new(&w, "timed", sleep_together, NULL);
	number_text(pid, w.pid);
	tool_start(&run, FUNCLATENCY, "-p", pid, "hrtimer_nanosleep");
	wait_title(&run, "hrtimer_nanosleep");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	shown = counted(&run, &total);
	sscanf(run.errors, "funclatency: %ld calls are not shown: their returns were missed\n", &missed);
	assert_in_range(shown, SLEEPS, SLEEPS * SLEEPERS - 1);
	assert_in_range(missed, 1, SLEEPS * SLEEPERS - shown);
	said = strstr(run.errors, "\nfunclatency: ");
	if (test_kernel_is_at_least(6, 7)) {
		assert_non_null(said);
		assert_int_equal(
			sscanf(said, "\nfunclatency: %ld calls or returns, of any process, were missed",
				&left_out),
			1);
		/* of others too */
		assert_in_range(left_out, SLEEPS * SLEEPERS - shown, LONG_MAX);
	} else {
		assert_null(said);
	}
	tool_free(&run);
}

static void test_intervals(void **state)
{
	char self[PATH_MAX] = "", places[4][PATH_MAX + 64] = {""}, titles[4][PATH_MAX + 64], pid[16];
	const int reached[4] = {FAST, CALLS, CALLS, DEPTH};
	struct tool_run runs[4];
	struct workload w;
	long later;

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	sprintf(places[0], "%s:bcc_timed_fast", self);
	strcpy(titles[0], "Tracing uprobe function for \"bcc_timed_fast\"... Hit Ctrl-C to end.");
	sprintf(places[1], "u:%s:reached", self);
	strcpy(titles[1], "Tracing static probe for \"reached\"... Hit Ctrl-C to end.");
	strcpy(places[2], "t:syscalls:sys_enter_getpriority");
	strcpy(titles[2], "Tracing tracepoint for \"syscalls:sys_enter_getpriority\"... Hit Ctrl-C to end.");
	sprintf(places[3], "%s:bcc_timed_nested", self);
	strcpy(titles[3], "Tracing uprobe function for \"bcc_timed_nested\"... Hit Ctrl-C to end.");
	workload_new(&w, "timed", call_all, NULL);
	number_text(pid, w.pid);
	for (int i = 0; i < 4; i++) {
		tool_start(&runs[i], FUNCINTERVAL, "-up", pid, places[i]);
		/* it is compiled once */
		if (!i)
			tool_wait_line(&runs[i], titles[i]);
	}
	for (int i = 1; i < 4; i++)
		tool_wait_line(&runs[i], titles[i]);
	workload_go(&w);
	stop_all((struct tool_run *[]){&runs[0], &runs[1], &runs[2], &runs[3]}, 4);
	for (int i = 0; i < 4; i++) {
		const char *hist;

		hist = strstr(runs[i].text, "     usecs ");
		assert_non_null(hist);
		/* between the calls of the nested one are naps */
		assert_int_equal(sum(hist, NAP_US / 2, &later), reached[i] - 1);
		if (i == 3)
			assert_int_equal(later, DEPTH - 1);
		assert_string_equal(runs[i].errors, "");
		tool_free(&runs[i]);
	}
}

static void test_errors(void **state)
{
	static const struct {
		const char *tool, *option, *pattern, *says;
		int status;
	} cases[] = {
		{FUNCLATENCY, "-u", NULL, "which functions?", 2},
		{FUNCLATENCY, "-um", "c:malloc", "microseconds (-u) or milliseconds (-m)?", 2},
		{FUNCLATENCY, "-u", "t:sched:sched_switch", "column 1: only functions", 2},
		{FUNCINTERVAL, "-u", NULL, "which function or tracepoint?", 2},
		{FUNCINTERVAL, "-u", "c:mall*", "column 7: this takes one name", 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tool_expect_end(
			cases[i].status, cases[i].says, cases[i].tool, cases[i].option, cases[i].pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_missed),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_errors),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
