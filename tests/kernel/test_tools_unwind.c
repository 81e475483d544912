/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks of a program without frame pointers, and functions that the compiler has inlined. */
#include "testlib.h"
#include "tool_run.h"

#define RECURSION ";unwound_recurse;unwound_recurse;unwound_recurse;unwound_recurse;unwound_recurse;"

enum { SLEEPS = 40 };

/* The program: it waits for a byte. */
static pid_t start_target(const char *path, const char *what, const char *number, int *go)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[0], STDIN_FILENO);
		execl(path, path, what, number, NULL);
		_exit(127);
	}
	close(fds[0]);
	*go = fds[1];
	return pid;
}

/* Whether the program ended as it should. */
static bool end_target(pid_t pid, int go)
{
	int status;

	assert_int_equal(write(go, "g", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(go);
	return !status;
}

/* Runs profile, which prints folded lines, while a child is the program. */
static void run_profile(struct tool_run *run, const char *path)
{
	char number[16], byte;
	int go;
	pid_t pid = start_target(path, "burn", "400", &go);

	tool_start(run, "tools/profile", "-v", "-fU", "-F499", "--dwarf", "--inline", "-p",
		number_text(number, pid));
	/* it is attached when it has said how */
	assert_int_equal(read(run->err, &byte, 1), 1);
	assert_true(end_target(pid, go));
	tool_stop(run, SIGINT);
}

/* The sum of the lines that have both texts. */
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

static const char *target(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", TARGETS, name);
	return path;
}

/* A position-independent program with libraries. */
static void test_profile(void **state)
{
	const char *names = "unwound_bottom;unwound_middle [inlined];unwound_inner [inlined] ";
	struct tool_run run;
	long all, inner;

	run_profile(&run, target("target_unwound"));
	all = sum_of(run.text, "", "");
	assert_true(all > 0);
	if (sum_of(run.text, ";main", "") < all * 95 / 100)
		fail_msg("too few stacks reach main():\n%s\n%s", run.text, run.errors);
	assert_true(sum_of(run.text, ";main" RECURSION, ";unwound_bottom") > 0);
	assert_true(sum_of(run.text, ";main;unwound_sort;", ";unwound_compare;unwound_bottom") > 0);
	assert_true(sum_of(run.text, ";main;unwound_call;unwound_bottom", "") > 0);
	inner = sum_of(run.text, "unwound_inner [inlined]", "");
	assert_true(inner > sum_of(run.text, "unwound_bottom", "") / 2);
	assert_int_equal(sum_of(run.text, names, ""), inner);
	tool_free(&run);
}

/* The sum of the times of the rows of JSON that have all of these texts, in milliseconds. */
static long time_of(const char *text, const char *a, const char *b)
{
	char *copy = strdup(text), *at = copy, *line;
	double sum = 0;

	while ((line = strsep(&at, "\n"))) {
		const char *time = strstr(line, "\"time_ns\":");

		if (time && strstr(line, a) && strstr(line, b))
			sum += strtod(time + strlen("\"time_ns\":"), NULL) / 1e6;
	}
	free(copy);
	return (long)sum;
}

/* A program without libraries, which sleeps a millisecond in each of three places, and again. */
static void test_offcputime(void **state)
{
	struct tool_run run;
	char number[16], times[16];
	long all;
	int go;
	pid_t pid = start_target(target("target_unwound_static"), "sleep", number_text(times, SLEEPS), &go);

	tool_start(&run, "tools/offcputime", "--json", "--dwarf", "-U", "-p", number_text(number, pid));
	while (!strchr(run.text, '\n') && tool_read(&run, 60000))
		;
	assert_true(end_target(pid, go));
	tool_stop(&run, SIGINT);
	all = time_of(run.text, "", "");
	if (time_of(run.text, "\"main+0x", "") < all * 95 / 100)
		fail_msg("too few stacks reach main():\n%s\n%s", run.text, run.errors);
	/* they sleep a little less off the CPU than they ask for */
	assert_true(time_of(run.text, "\"unwound_recurse+0x", "\"main+0x") >= SLEEPS / 2);
	assert_true(time_of(run.text, "\"unwound_compare+0x", "\"main+0x") >= SLEEPS / 2);
	assert_true(time_of(run.text, "\"unwound_call+0x", "\"main+0x") >= SLEEPS / 2);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profile),
		cmocka_unit_test(test_offcputime),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
