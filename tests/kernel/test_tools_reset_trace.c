/* SPDX-License-Identifier: Apache-2.0 */
/* reset-trace on a folder of files like those of tracefs, so that nobody else's tracing ends. */
#include "tool_run.h"

#define RESET "tools/reset-trace"

static char folder[] = "/tmp/bcc-reset-trace-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void expect_file(const char *name, const char *text)
{
	char path[PATH_MAX], found[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	assert_non_null(file);
	found[fread(found, 1, sizeof(found) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(found, text);
}

static void check(int status, const char *option, const char *output, const char *errors)
{
	struct tool_run run;

	tool_start(&run, RESET, "--tracefs", folder, option);
	tool_end(&run, 60);
	assert_int_equal(run.status, status);
	tool_assert_output(&run, output);
	if (!strstr(run.errors, errors) || !*run.errors != !*errors)
		fail_msg("instead of \"%s\": %s", errors, run.errors);
	tool_free(&run);
}

static void fill(void)
{
	put("trace", "# tracer: nop\n#\n sh-1 [000] 1.0: bcc\n");
	put("kprobe_events", "p:kprobes/bcc vfs_read\n");
	put("uprobe_events", "");
	put("events/kprobes/enable", "1\n");
	put("events/enable", "X\n");
	put("current_tracer", "function\n");
	put("set_ftrace_filter", "#### all functions enabled ####\n");
	put("tracing_on", "1\n");
}

static void test_reset(void **state)
{
	fill();
	check(0, NULL,
		"current_tracer       left   function\n"
		"events/enable        left   X\n"
		"kprobe_events        reset  p:kprobes/bcc vfs_read\n"
		"trace                reset   sh-1 [000] 1.0: bcc\n",
		"");
	expect_file("kprobe_events", "");
	expect_file("trace", "");
	expect_file("events/kprobes/enable", "0");
	expect_file("current_tracer", "function\n");
	expect_file("tracing_on", "1\n");
	check(0, "-q", "", "");
}

static void test_force(void **state)
{
	fill();
	put("tracing_on", "0\n");
	check(0, "-Fv",
		"current_tracer       reset  function\n"
		"set_ftrace_filter    ok     \n"
		"events/enable        reset  X\n"
		"kprobe_events        reset  p:kprobes/bcc vfs_read\n"
		"uprobe_events        ok     \n"
		"trace                reset   sh-1 [000] 1.0: bcc\n"
		"tracing_on           reset  0\n",
		"");
	expect_file("current_tracer", "nop");
	expect_file("events/enable", "0");
	expect_file("set_ftrace_filter", "#### all functions enabled ####\n");
	expect_file("tracing_on", "1");
}

static void test_errors(void **state)
{
	char path[PATH_MAX];
	struct tool_run run;

	fill();
	/* it can be neither read nor reset, and the rest is */
	snprintf(path, sizeof(path), "%s/uprobe_events", folder);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	check(1, "-q", "", "uprobe_events cannot be read: Is a directory");
	expect_file("trace", "");
	rmdir(path);
	tool_start(&run, RESET, "--tracefs", "/bcc/no/tracefs");
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_non_null(strstr(run.errors, "/bcc/no/tracefs/trace cannot be opened: No such file"));
	tool_free(&run);
}

static int set_up(void **state)
{
	char path[PATH_MAX];

	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/events", folder);
	if (mkdir(path, 0700))
		return -1;
	snprintf(path, sizeof(path), "%s/events/kprobes", folder);
	return mkdir(path, 0700);
}

static int tear_down(void **state)
{
	return nftw(folder, tool_cache_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_force),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
