/* SPDX-License-Identifier: Apache-2.0 */
/* drsnoop: a process reclaims pages of its own control group, a known number of times; and what the tool's
 * programs for direct reclaim show when the test runs them. */
#include "own_cgroup.h"
#include "own_file_system.h"
#include "tool_program.h"

#define DRSNOOP "tools/drsnoop"

enum { MB = 1 << 20, READ = 8 * MB, RECLAIMS = 4, DIRECT = 3, PAGES = 143, TIME_US = 2000 };

static char file[64];

static bool write_cgroup(const char *name, const char *text)
{
	char path[400];
	bool written;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", cgroup, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return written;
}

/* Each time, the kernel reclaims until it has at least one page. */
static void reclaim(void *ctx)
{
	static char data[MB];
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || enter_cgroup())
		_exit(1);
	while (read(fd, data, sizeof(data)) > 0)
		;
	close(fd);
	for (int i = 0; i < RECLAIMS; i++)
		if (!write_cgroup("memory.reclaim", "4096"))
			_exit(2);
}

static bool make_group(void)
{
	char parent[320];
	int fd;

	make_cgroup();
	snprintf(parent, sizeof(parent), "%s/../cgroup.subtree_control", cgroup);
	fd = open(parent, O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "+memory", 7) != 7)
		print_message("%s: %s\n", parent, strerror(errno));
	close(fd);
	snprintf(parent, sizeof(parent), "%s/memory.reclaim", cgroup);
	return !access(parent, W_OK);
}

static void make_file(const struct own_file_system *fs)
{
	static char data[MB];
	int fd;

	snprintf(file, sizeof(file), "%s/file", fs->mounted);
	fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	for (int done = 0; done < READ; done += MB)
		assert_int_equal(write(fd, data, MB), MB);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	close(fd);
}

static void test_cgroup(void **state)
{
	struct own_file_system fs = {0};
	int found = 0, lines = 0;
	struct workload w;
	struct tool_run run;
	char pid[16], *at;

	if (!make_group()) {
		remove_cgroup();
		test_missing("there is no control group for memory with memory.reclaim");
	}
	own_file_system_make(&fs, "ext4", "-q -b 4096", 24);
	make_file(&fs);
	workload_new(&w, "reclaims a lot", reclaim, NULL);
	tool_start(&run, DRSNOOP, "-T", "-U", "-v", "-n", "claims", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, "TIME(s)        UID    COMM           PID     LAT(ms) PAGES   FREE(KB)");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	remove_cgroup();
	own_file_system_remove(&fs);

	at = run.text;
	tool_next_line(&at);
	while (*at) {
		char row[160], time[32], ms[16], *line = tool_next_line(&at);
		unsigned long process, pages, kb;

		lines++;
		assert_int_equal(sscanf(line, "%31s 0 reclaims a lot %lu %15s %lu %lu", time, &process, ms,
					 &pages, &kb),
			5);
		snprintf(row, sizeof(row), "%-14s %-6d %-14s %-6d %8s %5lu %10lu", time, 0, "reclaims a lot",
			w.pid, ms, pages, kb);
		assert_string_equal(line, row);
		assert_true(kb > 0);
		/* none of the pages that it looked at first may have been free to go */
		found += pages > 0;
	}
	if (found != RECLAIMS)
		fail_msg("%d rows, %d with pages, instead of %d:\n%s", lines, found, RECLAIMS, run.text);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_direct(void **state)
{
	const uint64_t begins[4] = {0}, ends[] = {PAGES};
	struct tool_run run;
	char pid[16];
	int begin, end, rows = 0;

	tool_start(&run, DRSNOOP, "--json", "-p", number_text(pid, getpid()));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	begin = tool_program(&run, "mm_vmscan_direct_reclaim_begin");
	end = tool_program(&run, "mm_vmscan_direct_reclaim_end");
	for (int i = 0; i < DIRECT; i++) {
		tool_program_run(begin, begins, sizeof(begins));
		usleep(TIME_US);
		tool_program_run(end, ends, sizeof(ends));
	}
	/* one that has not begun is none */
	tool_program_run(end, ends, sizeof(ends));
	close(begin);
	close(end);
	tool_stop(&run, SIGINT);
	for (const char *at = run.text; (at = strstr(at, "\"lat_ns\":")); rows++) {
		char rest[64], expected[64];
		long ns;

		assert_int_equal(sscanf(at, "\"lat_ns\":%ld,%63[^\n]", &ns, rest), 2);
		assert_true(ns >= TIME_US * 1000L);
		sprintf(expected, "\"pages\":%d,\"uid\":0,\"tid\":%d,\"of\":\"memory\"}", PAGES, getpid());
		assert_string_equal(rest, expected);
		at += 9;
	}
	assert_int_equal(rows, DIRECT);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_cgroup, clean_up),
		cmocka_unit_test(test_direct),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
