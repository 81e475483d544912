/* SPDX-License-Identifier: Apache-2.0 */
/* stackcount: our process reaches a function of its own in two ways, and system calls, each a known number of
 * times. */
#include <sys/syscall.h>

#include "lasting_child.h"

#define STACKCOUNT "tools/stackcount"

enum { FEW = 3, MANY = 500, CALLS = 11, OTHER_CALLS = 4 };

/* Names that the linker has. Before Linux 6.11, the stack of a function that has just been entered lacks the
 * one that has called it: hence the steps. */
void bcc_stack_at_work(void);
void bcc_stack_at_end(void);
void bcc_stack_step(int n);
void bcc_stack_few(void);
void bcc_stack_many(void);

static volatile int reached;

__attribute__((noinline)) void bcc_stack_at_work(void)
{
	reached++;
}

__attribute__((noinline)) void bcc_stack_at_end(void)
{
	reached++;
}

__attribute__((noinline)) void bcc_stack_step(int n)
{
	for (int i = 0; i < n; i++)
		bcc_stack_at_work();
	reached++;
}

__attribute__((noinline)) void bcc_stack_few(void)
{
	bcc_stack_step(FEW);
	reached++;
}

__attribute__((noinline)) void bcc_stack_many(void)
{
	bcc_stack_step(MANY);
	reached++;
}

static void reach(void *ctx)
{
	bcc_stack_few();
	bcc_stack_many();
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getpriority, 0, 0);
	for (int i = 0; i < OTHER_CALLS; i++)
		syscall(SYS_getpgid, 0);
	bcc_stack_at_end();
}

static char self[PATH_MAX], pattern[PATH_MAX + 32], title[PATH_MAX + 128];

static bool has_kprobes(void)
{
	return !access("/sys/bus/event_source/devices/kprobe", F_OK);
}

/* The counts of blocks of lines, which are their last ones, added up. `last`: the line before. */
static long count_of(const char *text, const char *first, const char *with, const char *last)
{
	char start[128];
	const char *at, *end, *number;
	long sum = 0;

	snprintf(start, sizeof(start), "\n\n%s", first);
	for (at = text; (at = strstr(at, start)); at++) {
		const char *has = strstr(at, with);

		end = strstr(at + strlen(start), "\n\n");
		assert_non_null(end);
		if (!has || has > end)
			continue;
		for (number = end - 1; *number != '\n'; number--)
			;
		if (last)
			assert_memory_equal(number - strlen(last) + 1, last, strlen(last));
		assert_memory_equal(number, "\n    ", 5);
		sum += strtol(number, NULL, 10);
	}
	return sum;
}

/* The time of day stands before the blocks of an output. */
static void cut_times(struct tool_run *run)
{
	int hours, minutes, seconds, count = 0;
	char *at = strstr(run->text, "\n\n");

	assert_non_null(at);
	for (at++; (at = strchr(at, '\n')); at++)
		if (at[1] >= '0' && at[1] <= '9' &&
			sscanf(at + 1, "%2d:%2d:%2d", &hours, &minutes, &seconds) == 3) {
			memmove(at + 1, at + 10, strlen(at + 10) + 1);
			count++;
		}
	assert_true(count > 0);
}

/* Both ways, and who went them; what was counted before an output is not shown again. */
static void test_text(void **state)
{
	struct tool_run run, mine;
	char pid[16], last[64];
	struct lasting_child w;

	lasting_child_new(&w, "sta;ck", reach, NULL);
	number_text(pid, w.pid);
	tool_start(&run, STACKCOUNT, "-dPT", "-i1", "--comm", "sta;ck", pattern);
	tool_start(&mine, STACKCOUNT, "-U", "-p", pid, pattern);
	tool_wait_line(&run, title);
	tool_wait_line(&mine, title);
	lasting_child_go(&w);
	sprintf(last, "    sta;ck [%d]\n", w.pid);
	tool_wait_line(&run, "  bcc_stack_at_end");
	tool_stop(&run, SIGINT);
	tool_stop(&mine, SIGINT);
	lasting_child_end(&w);
	assert_int_equal(count_of(mine.text, "  bcc_stack_at_work\n", "\n  bcc_stack_few\n", NULL), FEW);
	assert_int_equal(count_of(mine.text, "  bcc_stack_at_work\n", "\n  bcc_stack_many\n", NULL), MANY);
	assert_null(strstr(mine.text, "sta;ck"));
	cut_times(&run);
	assert_int_equal(count_of(run.text, "  bcc_stack_at_work\n", "\n  bcc_stack_few\n", last), FEW);
	assert_int_equal(count_of(run.text, "  bcc_stack_at_work\n", "\n  bcc_stack_many\n", last), MANY);
	assert_string_equal(mine.errors, "");
	tool_free(&run);
	tool_free(&mine);
}

/* Of a command: lines whose sums are exact. */
static void test_folded(void **state)
{
	long few = 0, many = 0, all = 0;
	struct tool_run run;
	char *at, *line;

	tool_start(&run, STACKCOUNT, "-fP", "-i1", pattern, "--", self, "reach");
	while (!strstr(run.text, "bcc_stack_at_end"))
		assert_true(tool_read(&run, 60000));
	tool_stop(&run, SIGINT);
	for (at = run.text; (line = strsep(&at, "\n")) && *line;) {
		char *number = strrchr(line, ' ');
		long count = number ? strtol(number + 1, NULL, 10) : 0;

		assert_non_null(number);
		assert_int_equal(strncmp(line, "kernel_tools_st;", 16), 0);
		if (strstr(line, ";bcc_stack_at_end"))
			continue;
		assert_memory_equal(number - strlen(";bcc_stack_at_work"), ";bcc_stack_at_work",
			strlen(";bcc_stack_at_work"));
		all += count;
		few += strstr(line, ";bcc_stack_few;") ? count : 0;
		many += strstr(line, ";bcc_stack_many;") ? count : 0;
	}
	assert_int_equal(few, FEW);
	assert_int_equal(many, MANY);
	assert_int_equal(all, FEW + MANY);
	tool_free(&run);
}

/* Tracepoints; and functions of the kernel, where it can probe them. */
static void test_kernel(void **state)
{
#ifdef __x86_64__
	const char *function = "__x64_sys_getpriority";
#else
	const char *function = "__arm64_sys_getpriority";
#endif
	struct tool_run json, probe;
	struct lasting_child w;
	char line[128];
	long count = 0;

	lasting_child_new(&w, "stack", reach, NULL);
	/* Linux 6.1 knows no stack of the kernel there */
	tool_start(&json, STACKCOUNT, "-K", "--json", "--comm", "stack", "t:syscalls:sys_enter_getp[gr]*");
	if (has_kprobes()) {
		sprintf(line, "Tracing 1 functions for \"%s\"... Hit Ctrl-C to end.", function);
		tool_start(&probe, STACKCOUNT, "-K", "--comm", "stack", function);
		tool_wait_line(&probe, line);
	}
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	lasting_child_go(&w);
	tool_stop(&json, SIGINT);
	if (has_kprobes())
		tool_stop(&probe, SIGINT);
	lasting_child_end(&w);
	if (has_kprobes()) {
		sprintf(line, "  %s\n", function);
		assert_int_equal(count_of(probe.text, line, line, NULL), CALLS);
		tool_free(&probe);
	}
	for (const char *at = strchr(json.text, '\n') + 1; *at; at = strchr(at, '\n') + 1) {
		const char *number = strstr(at, "\"user\":[],\"count\":");

		assert_int_equal(strncmp(at, "{\"comm\":null,\"pid\":null,\"kernel\":[", 34), 0);
		assert_non_null(number);
		count += strtol(number + strlen("\"user\":[],\"count\":"), NULL, 10);
	}
	assert_int_equal(count, CALLS + OTHER_CALLS);
	tool_free(&json);
}

static void test_errors(void **state)
{
	tool_expect_end(2, "which functions?", STACKCOUNT, "-T", NULL);
	tool_expect_end(2, "cannot be combined", STACKCOUNT, "-UK", "c:malloc");
	tool_expect_end(1, "no function of c matches", STACKCOUNT, "-T", "c:bcc_no_such_*");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_folded),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_errors),
	};

	if (argc > 1) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		reach(NULL);
		pause();
		return 0;
	}
	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) <= 0)
		return EXIT_FAILURE;
	sprintf(pattern, "%s:bcc_stack_at_*", self);
	sprintf(title, "Tracing 2 functions for \"%s\"... Hit Ctrl-C to end.", pattern);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
