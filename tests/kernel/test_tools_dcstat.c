/* SPDX-License-Identifier: Apache-2.0 */
/* dcstat and dcsnoop: a process looks up names that are there, and names that are not, in a file system of
 * its own that does not remember what is missing. */
#include "own_file_system.h"
#include "testlib.h"

#define DCSTAT "tools/dcstat"
#define DCSNOOP "tools/dcsnoop"

static char folder[] = "/tmp/bcc-dc-XXXXXX";

static int set_up(void **state)
{
	return !mkdtemp(folder);
}

static int tear_down(void **state)
{
	if (chdir("/"))
		return -1;
	umount(folder);
	return rmdir(folder);
}

enum {
	STATS = 7,  /* of names that are not there */
	OPENS = 3,  /* the same */
	KNOWN = 5,  /* stats of a file that is there */
	LEVELS = 2, /* components of another file's path */
	REFERENCES = STATS + OPENS + KNOWN + LEVELS,
	MADE = 1, /* a directory, which is removed too */
	MISSES = STATS + OPENS + MADE,
	SLOW = MISSES + MADE,
};

static void look_up(void *ctx)
{
	struct stat st;
	char name[16];

	for (int i = 0; i < STATS; i++) {
		sprintf(name, "none\t%d", i);
		if (!stat(name, &st))
			_exit(1);
	}
	for (int i = 0; i < OPENS; i++)
		if (open("nothing", O_RDONLY) >= 0)
			_exit(2);
	for (int i = 0; i < KNOWN; i++)
		if (stat("file", &st))
			_exit(3);
	if (stat("sub/file", &st) || mkdir("made", 0700) || rmdir("made"))
		_exit(4);
}

static void make_files(void)
{
	own_mounts();
	assert_int_equal(mount("none", folder, "tmpfs", 0, NULL), 0);
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(mkdir("sub", 0700), 0);
	close(open("file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	close(open("sub/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

/* The sum of a member in all intervals. */
static long sum_of(const struct tool_run *run, const char *member)
{
	long sum = 0;

	for (const char *at = run->text; (at = strstr(at, member)); at += strlen(member))
		sum += strtol(at + strlen(member), NULL, 10);
	return sum;
}

static void check_table(const struct tool_run *run)
{
	char hit[16], *at = run->text;
	long numbers[6];

	assert_string_equal(tool_next_line(&at), "TIME         REFS/s   SLOW/s   MISS/s     HIT%");
	do {
		char row[64], *line = tool_next_line(&at);

		assert_int_equal(sscanf(line, "%2ld:%2ld:%2ld: %ld %ld %ld %15s", &numbers[0], &numbers[1],
					 &numbers[2], &numbers[3], &numbers[4], &numbers[5], hit),
			7);
		snprintf(row, sizeof(row), "%02ld:%02ld:%02ld:  %8ld %8ld %8ld %8s", numbers[0], numbers[1],
			numbers[2], numbers[3], numbers[4], numbers[5], hit);
		assert_string_equal(line, row);
	} while (*at);
}

/* A row of dcsnoop for each lookup that is not found, or for all components of paths too. */
static void expect_rows(char *expected, pid_t pid, bool all)
{
	char row[64];

	sprintf(row, "%-7d %-16s", pid, "looks up");
	*expected = '\0';
	add(expected, "PID     COMM             T FILE\n");
	for (int i = 0; i < STATS; i++) {
		if (all)
			add(expected, "%s R none\\t%d\n", row, i);
		add(expected, "%s M none\\t%d\n", row, i);
	}
	for (int i = 0; i < OPENS; i++) {
		if (all)
			add(expected, "%s R nothing\n", row);
		add(expected, "%s M nothing\n", row);
	}
	for (int i = 0; i < KNOWN && all; i++)
		add(expected, "%s R file\n", row);
	if (all)
		add(expected, "%s R sub\n%s R file\n", row, row);
	add(expected, "%s M made\n", row);
}

/* The first column is how many seconds have passed. */
static void cut_seconds(struct tool_run *run)
{
	char *to = run->text, *next;
	double before = 0;

	for (char *line = run->text; *line; line = next) {
		int length = 0;

		next = strchr(line, '\n') + 1;
		if (line == run->text) {
			assert_int_equal(strncmp(line, "TIME(s)     ", 12), 0);
		} else {
			char text[16];

			assert_int_equal(sscanf(line, "%15s %n", text, &length), 1);
			assert_int_equal(length, 12);
			assert_int_equal(strlen(strchr(text, '.')), 1 + 6);
			assert_true(atof(text) >= before);
			before = atof(text);
		}
		memmove(to, line + 12, next - line - 12);
		to += next - line - 12;
	}
	*to = '\0';
}

static void check_rows(struct tool_run *run, pid_t pid, bool all)
{
	char expected[4096];

	expect_rows(expected, pid, all);
	cut_seconds(run);
	tool_assert_output(run, expected);
	assert_string_equal(run->errors, "");
	tool_free(run);
}

static void test_lookups(void **state)
{
	struct tool_run table, json, misses, all;
	struct workload w;
	char pid[16];

	if (!have_kprobes()) {
		tool_expect_end(1, "lookup", DCSTAT, "1", "1");
		tool_expect_end(1, "lookup", DCSNOOP, "-d", "1");
		test_missing("this kernel's functions cannot be probed");
	}
	make_files();
	workload_new(&w, "looks up", look_up, NULL);
	number_text(pid, w.pid);
	tool_start(&json, DCSTAT, "-p", pid, "--json", "3600");
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	tool_start(&table, DCSTAT, "-p", pid, "1");
	tool_start(&misses, DCSNOOP, "-p", pid);
	tool_wait_line(&misses, "TIME(s)     PID     COMM             T FILE");
	tool_start(&all, DCSNOOP, "-p", pid, "-a");
	tool_wait_line(&all, "TIME(s)     PID     COMM             T FILE");
	while (tool_count_lines(&table) < 2)
		assert_true(tool_read(&table, 60000));
	workload_go(&w);
	tool_stop(&json, SIGINT);
	tool_stop(&table, SIGINT);
	tool_stop(&misses, SIGINT);
	tool_stop(&all, SIGINT);

	assert_int_equal(sum_of(&json, "\"refs\":"), REFERENCES);
	assert_int_equal(sum_of(&json, "\"slow\":"), SLOW);
	assert_int_equal(sum_of(&json, "\"misses\":"), MISSES);
	assert_int_equal(sum_of(&json, "\"hit_percent\":"), 100 * (REFERENCES - MISSES) / REFERENCES);
	assert_string_equal(json.errors, "");
	check_table(&table);
	check_rows(&misses, w.pid, false);
	check_rows(&all, w.pid, true);
	tool_free(&json);
	tool_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lookups)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
