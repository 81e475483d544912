/* SPDX-License-Identifier: Apache-2.0 */
/* slabratetop counts what a process allocates: a name for each path that it looks up, and an array of its
 * buffers when there are many. The screen that it shares with other tools is tested here too. */
#include <sys/stat.h>
#include <sys/uio.h>

#include "terminal_run.h"

#define SLABRATETOP "tools/slabratetop"
#define HEADING "CACHE                            ALLOCS      BYTES"

enum { PATHS = 500, WRITES = 300, BUFFERS = 64, BUFFERS_BYTES = 1024 };

static void allocate(void *ctx)
{
	struct iovec buffers[BUFFERS] = {{0}};
	struct stat st;
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (int i = 1; i < PATHS; i++)
		stat("/no/such/file", &st);
	for (int i = 0; i < WRITES; i++)
		if (writev(fd, buffers, BUFFERS))
			_exit(1);
}

/* What an object takes, of a cache that is merged with no other. */
static long object_size(const char *cache)
{
	char path[128];
	long size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/slab_size", cache);
	f = fopen(path, "re");
	if (f) {
		assert_int_equal(fscanf(f, "%ld", &size), 1);
		fclose(f);
	}
	return size ? size : 4096;
}

/* "2" of `"allocs":2` in the first record of this cache; 0 if there is none. */
static long member(const char *json, const char *cache, const char *name)
{
	char look[64];
	const char *at;

	snprintf(look, sizeof(look), "\"cache\":\"%s\",", cache);
	at = strstr(json, look);
	if (!at)
		return 0;
	snprintf(look, sizeof(look), "\"%s\":", name);
	at = strstr(at, look);
	assert_non_null(at);
	return strtol(at + strlen(look), NULL, 10);
}

static void test_counts(void **state)
{
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "allocates", allocate, NULL);
	tool_start(&run, SLABRATETOP, "--json", "-p", number_text(pid, w.pid), "3600");
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_assert_count(member(run.text, "names_cache", "allocs"), PATHS);
	assert_int_equal(member(run.text, "names_cache", "bytes"),
		member(run.text, "names_cache", "allocs") * object_size("names_cache"));
	assert_in_range(member(run.text, "kmalloc-1k", "allocs"),
		getenv("BCC_TEST_NO_SKIP") ? WRITES : WRITES / 2, WRITES + 5);
	assert_int_equal(member(run.text, "kmalloc-1k", "bytes"),
		member(run.text, "kmalloc-1k", "allocs") * BUFFERS_BYTES);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

/* A table of the two most frequent. */
static void test_table(void **state)
{
	struct tool_run run;
	struct workload w;
	char pid[16], *at, *line;
	int numbers[3];
	long count, bytes;

	workload_new(&w, "allocates", allocate, NULL);
	tool_start(&run, SLABRATETOP, "-p", number_text(pid, w.pid), "-s", "count", "-r", "2", "3600");
	tool_wait_line(&run, "Tracing... Output every 3600 secs. Hit Ctrl-C to end");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	assert_string_equal(tool_next_line(&at), "");
	line = tool_next_line(&at);
	assert_int_equal(sscanf(line, "%2d:%2d:%2d loadavg: ", &numbers[0], &numbers[1], &numbers[2]), 3);
	assert_non_null(strchr(line, '/'));
	assert_string_equal(tool_next_line(&at), "");
	assert_string_equal(tool_next_line(&at), HEADING);
	line = tool_next_line(&at);
	assert_int_equal(sscanf(line, "names_cache                      %6ld %10ld", &count, &bytes), 2);
	tool_assert_count(count, PATHS);
	assert_int_equal(bytes, count * object_size("names_cache"));
	assert_int_equal(strlen(line), 32 + 1 + 6 + 1 + 10);
	line = tool_next_line(&at);
	assert_int_equal(sscanf(line, "kmalloc-1k                       %ld %ld", &count, &bytes), 2);
	assert_int_equal(bytes, count * BUFFERS_BYTES);
	assert_string_equal(at, "");
	tool_free(&run);
}

/* ---- the screen ---- */

/* What is waited for: a footer, and rows in the order of their second or third column. */
static struct {
	const char *footer;
	int column, order;
	int least, most; /* rows */
} expected_screen;

static bool is_in_order(long before, long number)
{
	return expected_screen.order > 0 ? number >= before : number <= before;
}

static bool has_rows(const struct terminal *t)
{
	long before = expected_screen.order > 0 ? 0 : LONG_MAX;
	int row = 3;

	if (strcmp(terminal_row(t, t->rows - 1), expected_screen.footer) != 0 ||
		!strstr(terminal_row(t, 0), " loadavg: ") || *terminal_row(t, 1) ||
		strcmp(terminal_row(t, 2), HEADING) != 0)
		return false;
	for (; row < t->rows - 1 && *terminal_row(t, row); row++) {
		long numbers[3];

		if (sscanf(terminal_row(t, row), "%*32c %ld %ld", &numbers[1], &numbers[2]) != 2 ||
			!is_in_order(before, numbers[expected_screen.column]))
			return false;
		before = numbers[expected_screen.column];
	}
	return row - 3 >= expected_screen.least && row - 3 <= expected_screen.most;
}

static void wait_screen(struct terminal_run *t, const char *footer, int column, int order)
{
	expected_screen.footer = footer;
	expected_screen.column = column;
	expected_screen.order = order;
	expected_screen.least = 1;
	expected_screen.most = t->terminal.rows - 4;
	terminal_wait(t, has_rows);
}

/* Something to be seen in each interval. */
static pid_t allocate_on(void)
{
	pid_t pid = fork();
	struct stat st;

	assert_true(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		close(fd);
		stat("/no/such/file", &st);
		usleep(1000);
	}
}

#define FOOTER "q quits   < > order by: "

static void test_screen(void **state)
{
	pid_t busy = allocate_on();
	struct terminal_run t;

	terminal_start(&t, 12, 80, SLABRATETOP, "1");
	wait_screen(&t, FOOTER "BYTES   r reverses: greatest first", 2, -1);
	terminal_type(&t, "<");
	wait_screen(&t, FOOTER "ALLOCS   r reverses: greatest first", 1, -1);
	terminal_type(&t, "r");
	wait_screen(&t, FOOTER "ALLOCS   r reverses: least first", 1, 1);
	/* higher, then just high enough for two rows */
	terminal_resize(&t.terminal, t.run.out, 40, 100);
	wait_screen(&t, FOOTER "ALLOCS   r reverses: least first", 1, 1);
	terminal_resize(&t.terminal, t.run.out, 6, 60);
	wait_screen(&t, FOOTER "ALLOCS   r reverses: least first", 1, 1);
	terminal_type(&t, "q");
	tool_end(&t.run, 60);
	kill(busy, SIGKILL);
	waitpid(busy, NULL, 0);
	assert_int_equal(t.run.status, 0);
	assert_string_equal(t.run.errors, "");
	tool_free(&t.run);
}

/* A terminal that is told not to be a screen: outputs follow one another. */
static void test_no_screen(void **state)
{
	static const char title[] = "Tracing... Output every 1 secs. Hit Ctrl-C to end\r\n\r\n";
	struct terminal_run t;
	int outputs = 0;

	terminal_start(&t, 12, 80, SLABRATETOP, "-C", "1", "2");
	tool_end(&t.run, 60);
	assert_int_equal(t.run.status, 0);
	assert_memory_equal(t.run.text, title, strlen(title));
	assert_null(strchr(t.run.text, '\033'));
	for (const char *at = t.run.text; (at = strstr(at, "\r\n\r\n" HEADING "\r\n")); at++)
		outputs++;
	assert_int_equal(outputs, 2);
	tool_free(&t.run);
}

static void test_refused(void **state)
{
	static const char *const wrong[][2] = {{"-r", "0"}, {"-s", "size,"}, {"-s", "nothing"}, {"0", NULL}};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		tool_expect_end(2, "", SLABRATETOP, wrong[i][0], wrong[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_no_screen),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
