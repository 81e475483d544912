/* SPDX-License-Identifier: Apache-2.0 */
/* tplist shows the static probes of this program, by its path and by its process, and tracepoints with their
 * fields. */
#include "static_probe.h"
#include "tool_run.h"

#define TPLIST "tools/tplist"

static char self[PATH_MAX];
STATIC_PROBE_SEMAPHORE(bcc_listed_semaphore);

__attribute__((noinline, used)) static void probes(void)
{
	__asm__ volatile(STATIC_PROBE("bcc_listed", "plain", "0", ""));
	__asm__ volatile(
		STATIC_PROBE("bcc_listed", "twice", "bcc_listed_semaphore", "-4@$7 8@-8(%rbp,%rax,4)"));
	__asm__ volatile(STATIC_PROBE("bcc_listed", "twice", "bcc_listed_semaphore", "-4@%edi 8@[sp, 16]"));
}

static void start(struct tool_run *run, const char *const *options)
{
	const char *argv[8] = {0};

	for (int i = 0; options[i]; i++)
		argv[i] = strcmp(options[i], "SELF") ? options[i] : self;
	tool_start(run, TPLIST, argv[0], argv[1], argv[2], argv[3], argv[4], argv[5]);
	tool_end(run, 60);
}

static void check(const char *const *options, int status, const char *output, const char *errors)
{
	struct tool_run run;

	start(&run, options);
	assert_int_equal(run.status, status);
	tool_assert_output(&run, output);
	assert_non_null(strstr(run.errors, errors));
	assert_int_equal(!*run.errors, !*errors);
	tool_free(&run);
}
#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_usdt(void **state)
{
	char expected[4 * PATH_MAX], pid[16];
	struct tool_run run;
	unsigned long long semaphore = (uintptr_t)&bcc_listed_semaphore, shown, first, second;

	number_text(pid, getpid());
	sprintf(expected, "%s bcc_listed:plain\n%s bcc_listed:twice\n", self, self);
	check(OPTIONS("-l", "SELF", "bcc_listed:*"), 0, expected, "");
	check(OPTIONS("-p", pid, "bcc_listed:*"), 0, expected, "");
	sprintf(expected, "%s bcc_listed:plain\n", self);
	check(OPTIONS("-l", "SELF", "--rows", "1"), 0, expected, "");
	check(OPTIONS("-v", "-l", "SELF", "*:plain"), 0,
		"bcc_listed:plain [sema 0x0]\n  1 location(s)\n  0 argument(s)\n", "");
	start(&run, OPTIONS("-l", "SELF", "-v", "*:twice"));
	assert_int_equal(sscanf(run.text, "bcc_listed:twice [sema 0x%llx]\n", &shown), 1);
	/* this program may be loaded at another address than the file has */
	assert_int_equal(shown & 0xfff, semaphore & 0xfff);
	assert_string_equal(strchr(run.text, '\n'), "\n  2 location(s)\n  2 argument(s)\n");
	tool_free(&run);
	start(&run, OPTIONS("-vv", "-l", "SELF", "*:twice"));
	assert_int_equal(sscanf(strchr(run.text, '\n'),
				 "\n  location #1 %*s 0x%llx\n    argument #1 4 signed", &first),
		1);
	assert_int_equal(sscanf(strstr(run.text, "  location #2"), "  location #2 %*s 0x%llx", &second), 1);
	assert_true(first < second);
	sprintf(expected,
		"bcc_listed:twice [sema 0x%llx]\n"
		"  location #1 %s 0x%llx\n"
		"    argument #1 4 signed   bytes @ $7\n"
		"    argument #2 8 unsigned bytes @ -8(%%rbp,%%rax,4)\n"
		"  location #2 %s 0x%llx\n"
		"    argument #1 4 signed   bytes @ %%edi\n"
		"    argument #2 8 unsigned bytes @ [sp, 16]\n",
		shown, self, first, self, second);
	tool_assert_output(&run, expected);
	tool_free(&run);
	start(&run, OPTIONS("--json", "-l", "SELF", "-v"));
	sprintf(expected,
		"\n{\"binary\":\"%s\",\"probe\":\"bcc_listed:plain\",\"semaphore\":0,\"locations\":1,\"arguments\":0}\n"
		"{\"binary\":\"%s\",\"probe\":\"bcc_listed:twice\",\"semaphore\":%llu,\"locations\":2,\"arguments\":2}\n",
		self, self, shown);
	assert_string_equal(strchr(run.text, '\n'), expected);
	tool_free(&run);
}

static void test_tracepoints(void **state)
{
	struct tool_run run;
	int before = 0;

	check(OPTIONS("syscalls:sys_*_getpriority"), 0,
		"syscalls:sys_enter_getpriority\nsyscalls:sys_exit_getpriority\n", "");
	check(OPTIONS("-v", "syscalls:sys_exit_getpriority"), 0,
		"syscalls:sys_exit_getpriority\n    int __syscall_nr;\n    long ret;\n", "");
	start(&run, OPTIONS("--json", "sched:sched_process_exec"));
	assert_non_null(
		strstr(run.text, "{\"event\":\"sched:sched_process_exec\",\"fields\":["
				 "\"__data_loc char[] filename;\",\"pid_t pid;\",\"pid_t old_pid;\"]}\n"));
	tool_free(&run);
	/* all of them, each once, in alphabetical order */
	start(&run, OPTIONS("--no-header"));
	assert_true(tool_count_lines(&run) > 200);
	for (char *at = run.text, *last = NULL; *at; before++) {
		char *line = tool_next_line(&at);

		assert_non_null(strchr(line, ':'));
		if (last && !strncmp(last, line, strcspn(line, ":") + 1))
			assert_true(strcmp(last, line) < 0);
		last = line;
	}
	assert_true(before > 200);
	tool_free(&run);
}

static void test_errors(void **state)
{
	check(OPTIONS("bcc_*:*"), 0, "", "there is no tracepoint that matches bcc_*:*");
	check(OPTIONS("-l", "SELF", "x:*"), 0, "", "there is no static probe that matches x:*");
	check(OPTIONS("-l", "bcc_no_such_library"), 1, "", "bcc_no_such_library");
	check(OPTIONS("-p", "2147483647"), 1, "", "2147483647");
	check(OPTIONS("-p", "x"), 2, "", "-p");
	check(OPTIONS("a", "b"), 2, "", "unexpected argument 'b'");
	/* what would have no effect is no option */
	check(OPTIONS("--ebpf"), 2, "", "ebpf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usdt),
		cmocka_unit_test(test_tracepoints),
		cmocka_unit_test(test_errors),
	};

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
