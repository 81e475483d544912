/* SPDX-License-Identifier: Apache-2.0 */
/* Each example shows what it is made to show, for actions of this test. */
#include "example_run.h"

static void do_nothing(void *ctx)
{
}

/* The kernel does not know the name of a task that it has not switched away from since. */
static void exec_true(struct expected *expected)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	sprintf(expected->line, " %-6d true             Hello, World!\n", pid);
	sprintf(expected->other, " %-6d <...>            Hello, World!\n", pid);
}

static void test_hello_world(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/hello_world");
	until(&run, exec_true);
	end(&run);
	tool_free(&run);
}

static void fork_child(struct expected *expected)
{
	struct workload w;
	char comm[16] = "";

	prctl(PR_SET_NAME, "forks");
	workload_new(&w, "child", do_nothing, NULL);
	workload_go(&w);
	prctl(PR_GET_NAME, comm);
	sprintf(expected->line, " %-16s %-6d Hello, perf_output!\n", comm, getpid());
}

static void test_hello_perf_output(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/hello_perf_output");
	tool_wait_line(&run, "TIME(s)            COMM             PID    MESSAGE");
	until(&run, fork_child);
	end(&run);
	tool_free(&run);
}

static void open_file(struct expected *expected)
{
	prctl(PR_SET_NAME, "opens");
	syscall(SYS_openat, AT_FDCWD, "/nonexistent/ringbuf", O_RDONLY);
	sprintf(expected->line, "%-6d opens            /nonexistent/ringbuf\n", getpid());
}

static void test_ringbuf(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/ringbuf");
	tool_wait_line(&run, "PID    COMM             PATH");
	until(&run, open_file);
	end(&run);
	tool_free(&run);
}

/* The example sleeps a hundred times, and so gives up the CPU and gets it back as often, except for sleeps
 * that are over before they begin, as on a machine that was itself kept waiting. */
static void test_task_switch(void **state)
{
	unsigned from, to, away = 0, back = 0;
	unsigned long long count;
	struct tool_run run;

	tool_start(&run, "examples/task_switch");
	tool_end(&run, 120);
	assert_int_equal(run.status, 0);
	for (const char *at = run.text; *at; at = strchr(at, '\n') + 1) {
		assert_int_equal(sscanf(at, "task_switch[%u->%u]=%llu", &from, &to, &count), 3);
		if (from == (unsigned)run.pid)
			away += count;
		if (to == (unsigned)run.pid)
			back += count;
	}
	assert_in_range(away, 50, 100000);
	/* a busy kernel sometimes skips programs at context switches */
	assert_in_range(back, away * 9 / 10 - 1, away * 11 / 10 + 1);
	tool_free(&run);
}

static void test_bitehist(void **state)
{
	static const char start[] = "Tracing block I/O... Hit Ctrl-C to end.\n\n"
				    "     kbytes              : count     distribution\n";
	struct tool_run run;
	int fd = open_disk();
	void *buf = NULL;

	if (fd < 0) {
		printf("SKIP: no loop device (CONFIG_BLK_DEV_LOOP) to read from\n");
		assert_null(getenv("BCC_TEST_NO_SKIP"));
		skip();
	}
	assert_int_equal(posix_memalign(&buf, 4096, 32768), 0);
	tool_start(&run, "examples/bitehist");
	tool_wait_line(&run, "Tracing block I/O... Hit Ctrl-C to end.");
	/* 37 requests of 32 KiB, too far apart to be merged */
	for (int i = 0; i < 37; i++)
		assert_int_equal(pread(fd, buf, 32768, i * 1048576L), 32768);
	end(&run);
	assert_int_equal(run.status, 0);
	if (strncmp(run.text, start, strlen(start)))
		fail_msg("output:\n%s\nstderr:\n%s\n", run.text, run.errors);
	/* others may read too */
	assert_in_range(count_of_slot(run.text, 32), 37, 10000);
	tool_free(&run);
	free(buf);
	close(fd);
}

static void test_features(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/features", "^vfs_fsync$", "^raw_syscalls:sys_enter$");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	if (!strstr(run.text, "int vfs_fsync(struct file *file, int datasync)\n") ||
		!strstr(run.text, "raw_syscalls:sys_enter\n  long id\n  unsigned long args[6]\n"))
		fail_msg("output:\n%s\nstderr:\n%s\n", run.text, run.errors);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello_world),
		cmocka_unit_test(test_hello_perf_output),
		cmocka_unit_test(test_ringbuf),
		cmocka_unit_test(test_task_switch),
		cmocka_unit_test(test_bitehist),
		cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
