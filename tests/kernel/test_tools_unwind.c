/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks of a program without frame pointers, and functions that the compiler has inlined. */
#include "testlib.h"
#include "tool_run.h"

static const char *target, *arguments[2];

static void become(void *ctx)
{
	execl(target, target, arguments[0], arguments[1], NULL);
	_exit(127);
}

/* Runs a tool, which prints folded lines, while a child is the program. */
static void run_tool(struct tool_run *run, const char *tool, const char *a, const char *b, const char *c)
{
	struct workload w;
	char pid[16], byte;

	workload_new(&w, "unwound", become, NULL);
	tool_start(run, tool, "-v", "-fU", "-p", number_text(pid, w.pid), a, b, c);
	/* it is attached when it has said how, or what it is waiting for */
	assert_int_equal(read(run->err, &byte, 1), 1);
	workload_go(&w);
	tool_stop(run, SIGINT);
}

/* The sum of the lines that have all of these texts. */
static long sum_of(const char *text, const char *a, const char *b)
{
	char *copy = strdup(text), *at = copy, *line;
	long sum = 0;

	while ((line = strsep(&at, "\n")) && *line)
		if (strstr(line, a) && strstr(line, b))
			sum += strtol(strrchr(line, ' ') + 1, NULL, 10);
	free(copy);
	return sum;
}

static void run_target(struct tool_run *run, const char *name, const char *what, const char *number,
	const char *tool, const char *a, const char *b, const char *c)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", TARGETS, name);
	target = path;
	arguments[0] = what;
	arguments[1] = number;
	run_tool(run, tool, a, b, c);
}

static void test_inlined(void **state)
{
	struct tool_run run;
	long bottom;

	run_target(&run, "target_unwound", "burn", "500", "tools/profile", "-F499", "--inline", NULL);
	bottom = sum_of(run.text, "unwound_bottom", "");
	assert_true(bottom > 0);
	assert_true(sum_of(run.text, "unwound_bottom;unwound_middle [inlined];unwound_inner [inlined] ", "") >
		    bottom / 2);
	/* all of the program's, and no more than there is */
	assert_int_equal(sum_of(run.text, "unwound_inner [inlined]", ""),
		sum_of(run.text, "unwound_middle [inlined];unwound_inner [inlined]", "unwound_bottom"));
	tool_free(&run);
	run_target(&run, "target_unwound", "burn", "100", "tools/profile", "-F499", NULL, NULL);
	assert_null(strstr(run.text, "[inlined]"));
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inlined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
