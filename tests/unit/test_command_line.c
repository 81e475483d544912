/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of "bpfcc run": what it says before anything is created in the kernel. */
#include "tests/kernel/tool_run.h"

#define BPFCC "command/bpfcc"

static char path[] = "/tmp/bcc-command-XXXXXX.c";

static const char text[] = "/* the first argument\n"
			   " * that is reported */\n"
			   "const volatile u32 first = 0xffffffff;\n"
			   "const volatile bool notes = false; // whether there are notes\n"
			   "enum kind { EVEN, ODD = 7 };\n"
			   "const volatile enum kind wanted = EVEN;\n"
			   "char name[8] = \"text\";\n"
			   "int f(void *ctx) { return first + notes + wanted + name[first & 7]; }\n";

static int set_up(void **state)
{
	int file = mkstemps(path, 2);

	return file < 0 || write(file, text, sizeof(text) - 1) != sizeof(text) - 1 || close(file);
}

static int tear_down(void **state)
{
	return unlink(path);
}

static void end_well(struct tool_run *run)
{
	tool_end(run, 120);
	if (run->status)
		fail_msg("status %d; stderr:\n%s", run->status, run->errors);
}

static void test_variables(void **state)
{
	struct tool_run run;
	char *list;

	(void)state;
	tool_start(&run, BPFCC, "run", "-h", path);
	end_well(&run);
	list = strstr(run.text, "which are options too:\n");
	assert_non_null(list);
	memmove(run.text, list, strlen(list) + 1);
	tool_assert_output(&run, "which are options too:\n"
				 "  --name=VALUE  (char[8], \"text\")\n"
				 "  --first=VALUE  (u32, 4294967295)\n"
				 "          the first argument that is reported\n"
				 "  --notes=VALUE  (bool, false)\n"
				 "          whether there are notes\n"
				 "  --wanted=VALUE  (enum kind { EVEN = 0, ODD = 7 }, EVEN)\n");
	tool_free(&run);
}

static void expect_failure(
	int status, const char *says, const char *first, const char *second, const char *third)
{
	struct tool_run run;

	tool_start(&run, BPFCC, "run", first, second, third);
	tool_end(&run, 60);
	if (run.status != status || !strstr(run.errors, says))
		fail_msg(
			"%s %s: status %d; stderr:\n%s", first, second ? second : "", run.status, run.errors);
	assert_string_equal(run.text, "");
	tool_free(&run);
}

static void test_failures(void **state)
{
	(void)state;
	expect_failure(1, "/nonexistent: No such file or directory", "/nonexistent", NULL, NULL);
	expect_failure(1, "text:2: kprobe:f must be followed by { and C", "-e", "\nkprobe:f", NULL);
	expect_failure(1, "text:1:9: error: expected expression", "-e", "int x = ;", NULL);
	expect_failure(2, "--fist is no option", path, "--fist", "3");
	expect_failure(2, "--first: \"x\" is not a number", path, "--first", "x");
	expect_failure(2, "--first: 4294967296 does not fit into 32 bits", "--first=4294967296", path, NULL);
	expect_failure(2, "--first needs a value", path, "--first", NULL);
	expect_failure(2, "--notes: \"2\" is not true or false", path, "--set", "notes=2");
	expect_failure(2, "no variable for a process", path, "-p", "1");
	expect_failure(2, "-1: not a number from 1", path, "-n", "-1");
	expect_failure(2, "--set first: NAME=VALUE is expected", path, "-s", "first");
	expect_failure(2, "--attach g=lo: no text has this program", path, "-ag=lo", NULL);
	expect_failure(2, "a file, or a text with -e, is missing", "-j", NULL, NULL);
	tool_expect_end(2, "nonesuch: there is no such verb", BPFCC, "nonesuch", NULL);
	tool_expect_end(2, "Usage: bpfcc VERB", BPFCC, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
