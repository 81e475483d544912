/* SPDX-License-Identifier: Apache-2.0 */
/* profile samples a process that spends its time in known functions, and has ended when they are shown. */
#include "testlib.h"
#include "tool_run.h"

#define PROFILE "tools/profile"
#define TITLE(pid_) "Sampling at 499 Hertz of PID " pid_ " by user + kernel stack... Hit Ctrl-C to end."

enum { MS = 1000000 };

static volatile unsigned long burnt;

static long used_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000 + t.tv_nsec / MS;
}

/* Names that the linker has. */
void profile_most(int ms);
void profile_some(int ms);
int profile_deep(int depth, int ms);

__attribute__((noinline)) void profile_most(int ms)
{
	for (long end = used_ms() + ms; used_ms() < end;)
		for (int i = 0; i < 100000; i++)
			burnt += i;
}

__attribute__((noinline)) void profile_some(int ms)
{
	for (long end = used_ms() + ms; used_ms() < end;)
		for (int i = 0; i < 100000; i++)
			burnt += i;
}

__attribute__((noinline)) int profile_deep(int depth, int ms)
{
	if (depth)
		return profile_deep(depth - 1, ms) + 1;
	profile_most(ms);
	return 0;
}

static void burn(void *ctx)
{
	for (int i = 0; i < 6; i++) {
		profile_most(60);
		profile_some(20);
	}
}

/* Each depth is another stack. */
static void burn_deep(void *ctx)
{
	for (int i = 0; i < 30; i++)
		profile_deep(i, 20);
}

/* Runs the tool while a child does `action`. */
static pid_t run_tool(struct tool_run *run, void (*action)(void *), const char *heading, const char *a,
	const char *b, const char *c, const char *d)
{
	struct workload w;
	char pid[16];

	workload_new(&w, "bu;rn", action, NULL);
	tool_start(run, PROFILE, "-v", "-F", "499", "-p", number_text(pid, w.pid), a, b, c, d);
	/* it is attached when it has begun to print, or, if it prints nothing, when it has said how */
	if (heading) {
		char line[128];

		snprintf(line, sizeof(line), heading, w.pid);
		tool_wait_line(run, line);
	} else {
		char c;

		/* the first byte of stderr belongs to no message that is looked at */
		assert_int_equal(read(run->err, &c, 1), 1);
	}
	workload_go(&w);
	tool_stop(run, SIGINT);
	return w.pid;
}

struct sums {
	long all, most, some, missed, deep;
};

static struct sums add_up(char *text)
{
	struct sums sums = {0};
	char *line;

	while ((line = strsep(&text, "\n")) && *line) {
		char *number = strrchr(line, ' ');
		long count = number ? strtol(number + 1, NULL, 10) : 0;

		assert_true(count > 0);
		assert_int_equal(strncmp(line, "bu:rn", 5), 0);
		sums.all += count;
		sums.most += strstr(line, "profile_most") ? count : 0;
		sums.some += strstr(line, "profile_some") ? count : 0;
		sums.missed += strstr(line, ";[Missed User Stack]") ? count : 0;
		sums.deep += strstr(line, ";burn_deep;") && strstr(line, ";profile_deep;profile_deep;")
				     ? count
				     : 0;
	}
	return sums;
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(f);
	assert_true(getdelim(&text, &size, '\0', f) > 0);
	fclose(f);
	return text;
}

/* The weights of the frames of a flame graph that have this name, "NAME (". */
static long flame_weight(const char *svg, const char *name)
{
	long sum = 0;

	for (const char *at = svg; (at = strstr(at, name)); at += strlen(name))
		sum += strtol(at + strlen(name), NULL, 10);
	return sum;
}

/* Shares of functions as lines, and the same in a flame graph. */
static void test_folded(void **state)
{
	char svg[] = "/tmp/bcc-profile-XXXXXX", *picture;
	int fd = mkstemp(svg);
	struct tool_run run;
	struct sums sums;

	assert_true(fd >= 0);
	close(fd);
	run_tool(&run, burn, NULL, "-f", "--flamegraph", svg, NULL);
	sums = add_up(run.text);
	assert_true(sums.most > 0 && sums.some > 0);
	/* 3 to 1; where samples are rare, chance decides */
	if (sums.all > 100)
		assert_true(sums.most > sums.some);
	picture = read_file(svg);
	assert_int_equal(flame_weight(picture, "<title>all ("), sums.all);
	assert_int_equal(flame_weight(picture, "<title>profile_most ("), sums.most);
	assert_int_equal(flame_weight(picture, "<title>profile_some ("), sums.some);
	assert_non_null(strstr(picture, "<title>bu;rn ("));
	free(picture);
	unlink(svg);
	tool_free(&run);
}

/* Blocks of text end with a number. */
static void test_text(void **state)
{
	char *at, *end = NULL;
	struct tool_run run;
	char expected[64];
	pid_t pid;
	int blocks = 0;

	pid = run_tool(&run, burn, TITLE("%d"), "-d", "-a", NULL, NULL);
	at = strstr(run.text, "\n\n");
	assert_non_null(at);
	assert_non_null(strstr(at, "\n    profile_most\n"));
	assert_non_null(strstr(at, "\n    burn\n"));
	sprintf(expected, "    %-16s %s (%d)\n        ", "-", "bu;rn", pid);
	for (; (at = strstr(at, expected)); at = end, blocks++) {
		assert_true(strtol(at + strlen(expected), &end, 10) > 0);
		assert_int_equal(strncmp(end, "\n\n", 2), 0);
	}
	assert_true(blocks > 0);
	assert_string_equal(end, "\n\n");
	tool_free(&run);
}

static void test_json(void **state)
{
	struct tool_run run;
	char expected[128], *at, *line;
	bool found = false;

	sprintf(expected, "{\"comm\":\"bu;rn\",\"pid\":%d,\"user\":[",
		run_tool(&run, burn, NULL, "--json", "-U", "--columns", "COMM,PID,USER,SAMPLES"));
	at = strchr(run.text, '\n') + 1;
	while ((line = strsep(&at, "\n")) && *line) {
		assert_int_equal(strncmp(line, expected, strlen(expected)), 0);
		assert_non_null(strstr(line, "],\"samples\":"));
		found |= strstr(line, "\"profile_most+0x") && strstr(line, " [kernel_tools_profile]\",\"");
	}
	assert_true(found);
	tool_free(&run);
}

/* More stacks than there is room for: each sample that lacks its stack is said. */
static void test_full(void **state)
{
	struct tool_run run;
	struct sums sums;
	const char *said;

	run_tool(&run, burn_deep, NULL, "-fU", "--stack-storage-size", "4", NULL);
	sums = add_up(run.text);
	assert_true(sums.missed > 0 && sums.missed < sums.all);
	said = strstr(run.errors, "WARNING: ");
	assert_non_null(said);
	assert_int_equal(strtol(said + 9, NULL, 10), sums.missed);
	assert_non_null(strstr(said, "their table is full"));
	tool_free(&run);
	/* and with room, none does */
	run_tool(&run, burn_deep, NULL, "-fU", NULL, NULL, NULL);
	sums = add_up(run.text);
	assert_int_equal(sums.missed, 0);
	assert_true(sums.deep > 0);
	assert_null(strstr(run.errors, "WARNING"));
	tool_free(&run);
}

static void expect_failure(int status, const char *message, const char *a, const char *b, const char *c)
{
	struct tool_run run;

	tool_start(&run, PROFILE, a, b, c);
	tool_end(&run, 60);
	assert_int_equal(run.status, status);
	assert_non_null(strstr(run.errors, message));
	tool_free(&run);
}

static void test_wrong(void **state)
{
	expect_failure(2, "cannot be combined", "-U", "-K", NULL);
	expect_failure(2, "cannot be combined", "-F9", "-c9", NULL);
	expect_failure(1, "/none/x.svg", "-p1", "--flamegraph=/none/x.svg", NULL);
	expect_failure(1, "/none/x.gz", "-p1", "--pprof=/none/x.gz", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folded),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
