/* SPDX-License-Identifier: Apache-2.0 */
/* The lessons of the tutorial, each with events of this test. */
#include <sys/random.h>

#include "example_run.h"

static void start(struct tool_run *run, const char *name, const char *ready)
{
	tool_start(run, name);
	tool_wait_line(run, ready);
}

static void finish(struct tool_run *run)
{
	end(run);
	tool_free(run);
}

static void do_sync(struct expected *expected)
{
	prctl(PR_SET_NAME, "syncs");
	sync();
	strcpy(expected->line, "sync() called by syncs\n");
}

static void test_sync_hello(void **state)
{
	struct tool_run run;

	start(&run, "examples/sync_hello", "Tracing sync()... Ctrl-C to end.");
	until(&run, do_sync);
	finish(&run);
}

static void fork_child(struct expected *expected)
{
	pid_t pid;

	prctl(PR_SET_NAME, "clones");
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	snprintf(expected->line, sizeof(expected->line), " Hello, clone of %d!\n", getpid());
}

static void test_hello_fields(void **state)
{
	struct tool_run run;

	start(&run, "examples/hello_fields", "TIME(s)            COMM             PID    CPU MESSAGE");
	until(&run, fork_child);
	finish(&run);
}

static void sync_twice(struct expected *expected)
{
	prctl(PR_SET_NAME, "syncs");
	sync();
	sync();
	strcpy(expected->line, "s: multiple syncs detected, last ");
}

static void test_sync_timing(void **state)
{
	struct tool_run run;
	double at;
	int last;

	start(&run, "examples/sync_timing", "Tracing for quick syncs... Ctrl-C to end.");
	until(&run, sync_twice);
	assert_int_equal(sscanf(strstr(run.text, "At time"),
				 "At time %lf s: multiple syncs detected, last %d ms ago", &at, &last),
		2);
	assert_true(at == 0);
	assert_in_range(last, 0, 999);
	finish(&run);
}

static void sync_and_name(struct expected *expected)
{
	sync_twice(expected);
	snprintf(expected->line, sizeof(expected->line), " multiple syncs detected by %d (syncs), last ",
		getpid());
}

static void test_sync_perf_output(void **state)
{
	struct tool_run run;

	start(&run, "examples/sync_perf_output", "Tracing for quick syncs... Ctrl-C to end.");
	until(&run, sync_and_name);
	finish(&run);
}

/* What the lines "N calls" say in all: a count that is 10 or more is the last before it begins at 0 again. */
static int count_calls(const char *text)
{
	int calls = 0, before = 0, last = 0;

	for (const char *line = strchr(text, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		if (!strchr(line + 1, '\n'))
			break;
		assert_int_equal(sscanf(line, " %d calls", &calls), 1);
		last = calls;
		if (calls >= 10) {
			before += calls;
			last = 0;
		}
	}
	return before + last;
}

static void test_sync_count(void **state)
{
	double limit = tool_now() + 60;
	struct tool_run run;

	start(&run, "examples/sync_count", "Counting sync()... Ctrl-C to end.");
	for (int i = 0; i < 7; i++)
		sync();
	while (count_calls(run.text) < 7 && tool_now() < limit && tool_read(&run, 200))
		;
	/* others may call it too */
	assert_in_range(count_calls(run.text), 7, 10000);
	finish(&run);
}

/* ---- disks ---- */

static int disk_or_skip(void **buf)
{
	int fd = open_disk();

	if (fd < 0) {
		printf("SKIP: no loop device (CONFIG_BLK_DEV_LOOP) to read from\n");
		assert_null(getenv("BCC_TEST_NO_SKIP"));
		skip();
	}
	assert_int_equal(posix_memalign(buf, 4096, 28672), 0);
	return fd;
}

static void test_disksnoop(void **state)
{
	struct tool_run run;
	void *buf;
	int fd = disk_or_skip(&buf), rows = 0;

	start(&run, "examples/disksnoop", "TIME(s)            T  BYTES    LAT(ms)");
	/* 28 KiB in one request, which nothing else is likely to read */
	for (int i = 0; i < 5; i++)
		assert_int_equal(pread(fd, buf, 28672, i * 1048576L), 28672);
	for (int wait = 0; wait < 100 && rows < 5; wait++) {
		tool_read(&run, 100);
		rows = 0;
		for (const char *line = strchr(run.text, '\n'); line && line[1];
			line = strchr(line + 1, '\n')) {
			double time, latency;
			unsigned bytes;
			char type[3];

			rows += sscanf(line, " %lf %2s %u %lf\n", &time, type, &bytes, &latency) == 4 &&
				!strcmp(type, "R") && bytes == 28672 && latency >= 0;
		}
	}
	assert_int_equal(rows, 5);
	finish(&run);
	free(buf);
	close(fd);
}

static void test_disklatency(void **state)
{
	struct tool_run run;
	void *buf;
	int fd = disk_or_skip(&buf);
	long count = 0;

	start(&run, "examples/disklatency", "Tracing block I/O... Hit Ctrl-C to end.");
	for (int i = 0; i < 21; i++)
		assert_int_equal(pread(fd, buf, 28672, i * 1048576L), 28672);
	end(&run);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.text, "     usecs               : count     distribution\n"));
	for (long low = 0; low < 1L << 40; low = low ? low * 2 : 2)
		count += count_of_slot(run.text, low);
	assert_in_range(count, 21, 10000);
	tool_free(&run);
	free(buf);
	close(fd);
}

/* ---- others ---- */

static void take_random(struct expected *expected)
{
	char bytes[217];

	prctl(PR_SET_NAME, "randoms");
	assert_int_equal(getrandom(bytes, sizeof(bytes), 0), sizeof(bytes));
	snprintf(expected->line, sizeof(expected->line), " randoms          %-6d 217\n", getpid());
	snprintf(expected->other, sizeof(expected->other), " <...>            %-6d 217\n", getpid());
}

static void test_random_read(void **state)
{
	struct tool_run run;

	start(&run, "examples/random_read", "TIME(s)            COMM             PID    BYTES");
	until(&run, take_random);
	finish(&run);
}

/* The compiler knows what the length of a constant is. */
static size_t (*volatile length_of)(const char *text) = strlen;

static void count_strings(void *ctx)
{
	for (int i = 0; i < 43; i++)
		length_of("forty-three times");
}

static void test_strlen_count(void **state)
{
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "strings", count_strings, NULL);
	sprintf(pid, "%d", w.pid);
	tool_start(&run, "examples/strlen_count", pid, "2");
	tool_wait_line(&run, "     COUNT STRING");
	workload_go(&w);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_true(tool_has_line(&run, "        43 forty-three times"));
	tool_free(&run);
}

static bool kprobes_or_skip(void)
{
	FILE *pmu = fopen("/sys/bus/event_source/devices/kprobe/type", "re");

	if (pmu) {
		fclose(pmu);
		return true;
	}
	printf("SKIP: no kprobes in this kernel (CONFIG_KPROBES)\n");
	assert_null(getenv("BCC_TEST_NO_SKIP"));
	return false;
}

static void test_vfsreadlat(void **state)
{
	struct tool_run run;
	char byte;
	int fd;
	long count = 0;

	if (!kprobes_or_skip())
		skip();
	tool_start(&run, "examples/vfsreadlat", "2", "1");
	tool_wait_line(&run, "Tracing vfs_read()... Ctrl-C to end.");
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 500; i++)
		assert_int_equal(read(fd, &byte, 1), 1);
	close(fd);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	for (long low = 0; low < 1L << 40; low = low ? low * 2 : 2)
		count += count_of_slot(run.text, low);
	assert_in_range(count, 500, 1000000);
	tool_free(&run);
}

static void exec_nothing(struct expected *expected)
{
	static int number;
	char path[64];
	pid_t pid = fork();

	snprintf(path, sizeof(path), "/nonexistent/execve_hello-%d", number++);
	assert_true(pid >= 0);
	if (!pid) {
		execl(path, path, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	snprintf(expected->line, sizeof(expected->line), "-%d: %s\n", pid, path);
}

static void test_execve_hello(void **state)
{
	struct tool_run run;

	if (!kprobes_or_skip())
		skip();
	start(&run, "examples/execve_hello", "Tracing execve()... Ctrl-C to end.");
	until(&run, exec_nothing);
	finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sync_hello),
		cmocka_unit_test(test_hello_fields),
		cmocka_unit_test(test_sync_timing),
		cmocka_unit_test(test_sync_perf_output),
		cmocka_unit_test(test_sync_count),
		cmocka_unit_test(test_disksnoop),
		cmocka_unit_test(test_disklatency),
		cmocka_unit_test(test_random_read),
		cmocka_unit_test(test_strlen_count),
		cmocka_unit_test(test_vfsreadlat),
		cmocka_unit_test(test_execve_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
