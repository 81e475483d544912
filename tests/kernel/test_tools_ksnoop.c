/* SPDX-License-Identifier: Apache-2.0 */
/* ksnoop shows the arguments and results of calls that we make with known values: openat2() in a directory
 * that is none. */
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define KSNOOP "tools/ksnoop"
#define HEADING "            TIME  CPU      PID FUNCTION/ARGS"

enum {
	CALLS = 3,
	NO_DIRECTORY = -77,
	LARGE = 0100000, /* O_LARGEFILE, which the kernel adds where programs are of 64 bits */
	SEEN = O_DIRECTORY | O_CLOEXEC | LARGE,
};

static void call_all(void *ctx)
{
	char name[] = "none"; /* in memory already, unlike what is in the program's file */

	for (int i = 0; i < CALLS; i++) {
		struct open_how how = {.flags = O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};

		syscall(SYS_openat2, NO_DIRECTORY, name, &how, sizeof(how));
		syscall(SYS_openat2, NO_DIRECTORY - 1, name, &how, sizeof(how));
	}
}

/* The line is this, but for a number in hexadecimal in the place of #. */
static void assert_line(const char *line, const char *expected)
{
	const char *number = strchr(expected, '#'), *at = line;

	if (number && !strncmp(line, expected, number - expected)) {
		at += number - expected;
		at += strspn(at, "0123456789abcdef");
		if (!strcmp(at, number + 1))
			return;
	}
	assert_string_equal(line, expected);
}

/* The condition on an argument decides, and the result is shown with the arguments. */
static void check_text(struct tool_run *run, pid_t pid)
{
	char *at = run->text, expected[8][96], *line;

	assert_string_equal(tool_next_line(&at), HEADING);
	sprintf(expected[0], "%*sdfd = ", 35, "");
	sprintf(expected[1], "%*s(int)%d,", 36, "", NO_DIRECTORY);
	sprintf(expected[2], "%*show = *(0x#)", 35, "");
	sprintf(expected[3], "%*show->flags = ", 35, "");
	sprintf(expected[4], "%*s(__u64)%d,", 36, "", SEEN);
	sprintf(expected[5], "%*sreturn = ", 35, "");
	/* int; long int in older kernels */
	sprintf(expected[6], "int)%d", -EBADF);
	sprintf(expected[7], "%*s);", 31, "");
	for (int i = 0; i < CALLS; i++) {
		unsigned long time, caller;
		char function[32];

		assert_int_equal(
			sscanf(tool_next_line(&at), "%lu %*d %lu %31s", &time, &caller, function), 3);
		assert_true(time > 0);
		assert_int_equal(caller, pid);
		assert_string_equal(function, "do_sys_openat2(");
		assert_line(tool_next_line(&at), expected[0]);
		assert_line(tool_next_line(&at), expected[1]);
		assert_line(tool_next_line(&at), expected[2]);
		line = tool_next_line(&at);
		assert_string_equal(line + strspn(line, " "), "(struct open_how){");
		line = tool_next_line(&at);
		assert_non_null(strstr(line, " .flags = (__u64)"));
		line = tool_next_line(&at);
		assert_non_null(strstr(line, " .resolve = (__u64)4,"));
		line = tool_next_line(&at);
		assert_string_equal(line + strspn(line, " "), "},");
		assert_line(tool_next_line(&at), expected[3]);
		assert_line(tool_next_line(&at), expected[4]);
		assert_line(tool_next_line(&at), expected[5]);
		line = tool_next_line(&at);
		assert_non_null(strstr(line, expected[6]));
		assert_line(tool_next_line(&at), expected[7]);
		assert_string_equal(tool_next_line(&at), "");
	}
	assert_string_equal(at, "");
}

/* Each call of the function that the other one calls, and its result. */
static void check_json(const struct tool_run *run)
{
	static const char name[] = ") \\\"none\\\"\""; /* in quotation marks, in JSON */
	int entries = 0, results = 0;

	for (const char *at = run->text; (at = strstr(at, "\"function\":\"do_sys_openat2\"")); at++) {
		const char *end = strchr(at, '\n');
		char result[64];

		sprintf(result, "int)%d\"", -EBADF);
		if (memmem(at, end - at, "\"dfd = (int)-7", 14) && memmem(at, end - at, "\"how = *(0x", 11) &&
			memmem(at, end - at, ".resolve = (__u64)4,}", 21) &&
			memmem(at, end - at, name, strlen(name)))
			entries++;
		else if (memmem(at, end - at, result, strlen(result)))
			results++;
	}
	assert_int_equal(entries, 2 * CALLS);
	assert_int_equal(results, 2 * CALLS);
}

static void test_calls(void **state)
{
	struct tool_run text, json;
	struct workload w;
	char pid[16];
	pid_t caller;

	if (access("/sys/bus/event_source/devices/kprobe", F_OK)) {
		print_message("skipped: no kprobes in this kernel\n");
		skip();
	}
	workload_new(&w, "snooped", call_all, NULL);
	caller = w.pid;
	tool_start(&text, KSNOOP, "-p", number_text(pid, caller), "trace",
		"do_sys_openat2(dfd == -77, how, how->flags, return)");
	tool_wait_line(&text, HEADING);
	tool_start(&json, KSNOOP, "--json", "-p", pid, "do_sys_openat2");
	while (!strchr(json.text, '\n'))
		if (!tool_read(&json, 120000)) {
			tool_end(&json, 1);
			fail_msg("%s", json.errors);
		}
	workload_go(&w);
	tool_stop(&text, SIGINT);
	tool_stop(&json, SIGINT);
	check_text(&text, caller);
	check_json(&json);
	tool_free(&text);
	tool_free(&json);
}

static void test_info(void **state)
{
	struct tool_run run;

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		print_message("skipped: this kernel has no BTF\n");
		skip();
	}
	tool_start(&run, KSNOOP, "info", "do_sys_openat2");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(
		run.text, "int do_sys_openat2(int dfd, const char *filename, struct open_how *how);\n"));
	tool_free(&run);
	tool_expect_end(2, "no function no_such", KSNOOP, "info", "no_such");
	tool_expect_end(2, "column 21: there is no such member", KSNOOP, "do_sys_openat2(how->how)", NULL);
	tool_expect_end(
		2, "column 19: what is before it is not a pointer", KSNOOP, "do_sys_openat2(dfd->how)", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_info),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
