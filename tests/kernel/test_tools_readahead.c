/* SPDX-License-Identifier: Apache-2.0 */
/* readahead: a process has pages of a file read ahead, and reads some of them. */
#include "own_file_system.h"
#include "testlib.h"

#define READAHEAD "tools/readahead"
#define TITLE "Tracing... Hit Ctrl-C to end."

enum { PAGE = 4096, PAGES = 64, USED = 40, DROPPED = 8, US = 20000 };

static char file[64];

/* What is not used is, in part, dropped from the cache. */
static void use_pages(void *ctx)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	char data[PAGE];

	if (fd < 0 || posix_fadvise(fd, 0, PAGES * PAGE, POSIX_FADV_WILLNEED))
		_exit(1);
	usleep(US);
	for (int i = 0; i < USED; i++)
		if (pread(fd, data, PAGE, (off_t)i * PAGE) != PAGE)
			_exit(2);
	/* a second time is nothing new */
	for (int i = 0; i < USED; i++)
		if (pread(fd, data, PAGE, (off_t)i * PAGE) != PAGE)
			_exit(3);
	if (posix_fadvise(fd, (off_t)(PAGES - DROPPED) * PAGE, DROPPED * PAGE, POSIX_FADV_DONTNEED))
		_exit(4);
}

static void make_file(const struct own_file_system *fs)
{
	static char data[PAGES * PAGE];
	int fd;

	snprintf(file, sizeof(file), "%s/file", fs->mounted);
	fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, data, sizeof(data)), sizeof(data));
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	close(fd);
}

/* Adds up a histogram; `late`: what is in slots of this age or more. */
static long sum_of(const char *at, long late, long *of_late)
{
	long low, high, count, total = 0;

	*of_late = 0;
	for (; sscanf(at, "%ld -> %ld : %ld", &low, &high, &count) == 3; at = strchr(at, '\n') + 1) {
		total += count;
		if (high >= late)
			*of_late += count;
	}
	return total;
}

/* The counts of a section in JSON. */
static long json_sum(const char *text, const char *section)
{
	const char *at = strstr(text, section), *end;
	long total = 0;

	if (!at)
		return 0;
	end = strchr(at, '\n');
	while ((at = strstr(at, "\"count\":")) && at < end) {
		at += strlen("\"count\":");
		total += strtol(at, NULL, 10);
	}
	return total;
}

static void test_pages(void **state)
{
	static const char unused[] = TITLE "\nRead-ahead unused pages: 24\n"
					   "Histogram of read-ahead used page age (ms):\n\n"
					   "     age (ms)            : count     distribution\n";
	struct own_file_system fs = {0};
	struct tool_run run, json;
	struct workload w;
	char pid[16];
	long late;

	own_file_system_make(&fs, "ext4", "-q -b 4096", 24);
	make_file(&fs);
	workload_new(&w, "reads", use_pages, NULL);
	number_text(pid, w.pid);
	tool_start(&run, READAHEAD, "-p", pid);
	tool_wait_line(&run, TITLE);
	tool_start(&json, READAHEAD, "--json", "-p", pid);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_stop(&json, SIGINT);
	own_file_system_remove(&fs);
	assert_int_equal(PAGES - USED, 24);
	if (strncmp(run.text, unused, strlen(unused)) != 0)
		fail_msg("output:\n%s\nexpected:\n%s", run.text, unused);
	assert_int_equal(sum_of(run.text + strlen(unused), US / 1000, &late), USED);
	assert_int_equal(late, USED);
	assert_int_equal(json_sum(json.text, "\"pages\":\"used\""), USED);
	assert_int_equal(json_sum(json.text, "\"pages\":\"unused\""), PAGES - USED);
	tool_assert_outlived(&run, "readahead", w.pid);
	tool_free(&run);
	tool_free(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages)};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
