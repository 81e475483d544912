/* SPDX-License-Identifier: Apache-2.0 */
/* funcslower shows each call of our functions that takes longer than it was told, with its arguments, result
 * and stacks. */
#include <sys/resource.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define FUNCSLOWER "tools/funcslower"
#define TITLE "Tracing function calls slower than 1 ms... Ctrl+C to quit."
#define HEADING "COMM           PID    LAT(ms)             RVAL FUNC"

enum { DEPTH = 4, NAP_US = 2000, CALLS = 5 };

static char self[PATH_MAX];

/* Level n of DEPTH takes at least n naps, longer than a millisecond each. */
__attribute__((noinline, used)) static long bcc_slow_nested(long n, long other)
{
	usleep(NAP_US);
	if (n > 1)
		bcc_slow_nested(n - 1, other);
	__asm__ volatile("" : "+r"(n));
	return n * 16;
}

__attribute__((noinline, used)) static int bcc_slow_not(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

static void call_all(void)
{
	bcc_slow_nested(DEPTH, 0xabc);
	for (int i = 0; i < CALLS; i++) {
		bcc_slow_not(i);
		syscall(SYS_getpriority, PRIO_PROCESS, getpid());
	}
}

static bool has_kprobes(void)
{
	return !access("/sys/bus/event_source/devices/kprobe", F_OK);
}

/* The rows of the nested function: the innermost call returns first. */
static void check_nested(const struct tool_run *run, const char *after)
{
	const char *at = strstr(run->text, after);
	char comm[16], function[PATH_MAX + 32], expected[PATH_MAX + 32];

	sprintf(expected, "%s:bcc_slow_nested", self);
	assert_non_null(at);
	at = strchr(at, '\n') + 1;
	for (int level = 1; level <= DEPTH; level++) {
		unsigned long result;
		double ms;
		int pid;

		if (sscanf(at, "%15s %d %lf %lx %s", comm, &pid, &ms, &result, function) != 5)
			fail_msg("row %d of:\n%s", level, run->text);
		assert_int_equal(pid, getpid());
		assert_true(ms >= level * NAP_US / 1000.0);
		assert_int_equal(result, level * 16);
		assert_string_equal(function, expected);
		at = strchr(at, '\n') + 1;
	}
	assert_string_equal(at, "");
	assert_string_equal(run->errors, "");
}

/* All at the same time; those that are told so wait for calls of a minute. */
static void test_user(void **state)
{
	char nested[PATH_MAX + 32], fast[PATH_MAX + 32], pid[16], expected[PATH_MAX + 256];
	struct tool_run plain, none, stacks, json;
	const char *at;

	sprintf(nested, "%s:bcc_slow_nested", self);
	sprintf(fast, "%s:bcc_slow_n*", self);
	number_text(pid, getpid());
	tool_start(&plain, FUNCSLOWER, "-p", pid, nested);
	tool_wait_line(&plain, HEADING);
	tool_start(&none, FUNCSLOWER, "-m", "60000", "-p", pid, fast);
	tool_start(&stacks, FUNCSLOWER, "-Ta2", "-u500", "-Up", pid, nested);
	tool_start(&json, FUNCSLOWER, "--json", "-a1", "-m0", "-p", pid, nested, fast);
	tool_wait_line(&none, HEADING);
	tool_wait_line(&stacks, "TIME       COMM           PID    LAT(us)             RVAL FUNC ARGS");
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	call_all();
	kill(plain.pid, SIGINT);
	kill(none.pid, SIGINT);
	kill(json.pid, SIGINT);
	kill(stacks.pid, SIGINT);
	tool_end(&plain, 60);
	tool_end(&none, 60);
	tool_end(&json, 60);
	tool_end(&stacks, 60);

	check_nested(&plain, HEADING);
	assert_memory_equal(plain.text, TITLE "\n", strlen(TITLE) + 1);
	assert_string_equal(
		none.text, "Tracing function calls slower than 60000 ms... Ctrl+C to quit.\n" HEADING "\n");

	/* the second probe means the function of the first one too, which has just one */
	assert_int_equal(tool_count_lines(&json), 1 + DEPTH + CALLS);
	for (int level = 1; level <= DEPTH; level++) {
		sprintf(expected, "\"rval\":%d,\"func\":\"%s:bcc_slow_nested\",\"args\":[\"0x%x\"]}\n",
			level * 16, self, level);
		assert_non_null(strstr(json.text, expected));
	}

	/* the stack begins with the function itself */
	at = stacks.text;
	for (int level = 1; level <= DEPTH; level++) {
		sprintf(expected, " 0x%x 0xabc\n    bcc_slow_nested\n", level);
		at = strstr(at, expected);
		if (!at)
			fail_msg("no '%s' in:\n%s", expected, stacks.text);
	}
	tool_free(&plain);
	tool_free(&none);
	tool_free(&json);
	tool_free(&stacks);
}

/* It has no heading: we call until it has seen a call. */
static void test_folded(void **state)
{
	char nested[PATH_MAX + 32], pid[16];
	double end = tool_now() + 60;
	struct tool_run run;

	sprintf(nested, "%s:bcc_slow_nested", self);
	tool_start(&run, FUNCSLOWER, "-fU", "-p", number_text(pid, getpid()), nested);
	while (!*run.text && tool_now() < end) {
		bcc_slow_nested(1, 1);
		tool_read(&run, 50);
	}
	tool_stop(&run, SIGINT);
	assert_true(*run.text != '\0');
	for (char *at = run.text; *at;) {
		char *line = tool_next_line(&at), *last = strrchr(line, ';');

		assert_memory_equal(line, "kernel_tools_fu;", strlen("kernel_tools_fu;"));
		assert_string_equal(last, ";bcc_slow_nested 1");
	}
	tool_free(&run);
}

static void test_kernel(void **state)
{
	struct tool_run run;
	char pid[16], row[64];
	int rows = 0;

	number_text(pid, getpid());
	tool_start(&run, FUNCSLOWER, "-u0.001", "-a2", "-Kp", pid, "sys_getpriority");
	if (!has_kprobes()) {
		tool_end(&run, 60);
		assert_int_equal(run.status, 1);
		assert_non_null(strstr(run.errors, "no kprobes"));
		tool_free(&run);
		return;
	}
	tool_wait_line(&run, "COMM           PID    LAT(us)             RVAL FUNC ARGS");
	call_all();
	tool_stop(&run, SIGINT);
	/* the arguments of the call, not of the kernel's function for it */
	sprintf(row, "sys_getpriority 0x%x 0x%x\n    ", PRIO_PROCESS, getpid());
	for (const char *at = run.text; (at = strstr(at, row)); at++) {
		const char *stack = strchr(at, '\n') + 1, *line = at;

		while (line > run.text && line[-1] != '\n')
			line--;
		if (*line == ' ') /* the function's own frame */
			continue;
		/* it begins with the function or, as some kernels unwind from there, with its caller */
		assert_true(!strncmp(stack, "    __", 6) || !strncmp(stack, "    do_syscall_64\n", 18) ||
			    !strncmp(stack, "    invoke_syscall\n", 19));
		rows++;
	}
	if (rows != CALLS)
		fail_msg("%d rows:\n%s", rows, run.text);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_errors(void **state)
{
	static const struct {
		const char *option, *function, *says;
		int status;
	} cases[] = {
		{"-T", NULL, "which functions?", 2},
		{"-T", "t:sched:sched_switch", "t:sched:sched_switch, column 1: only functions", 2},
		{"-um", "c:open", "-u", 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tool_expect_end(
			cases[i].status, cases[i].says, FUNCSLOWER, cases[i].option, cases[i].function);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_folded),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_errors),
	};

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
