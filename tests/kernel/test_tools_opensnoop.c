/* SPDX-License-Identifier: Apache-2.0 */
/* opensnoop shows the opens that a process is known to have made, with their results. */
#include <linux/openat2.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define OPENSNOOP "tools/opensnoop"
#define HEADER "PID    COMM               FD ERR PATH"

static char folder[] = "/tmp/bcc-opensnoop-XXXXXX";
static char existing[64], missing[64];

static int set_up(void **state)
{
	assert_non_null(mkdtemp(folder));
	sprintf(existing, "%s/a", folder);
	sprintf(missing, "%s/none", folder);
	assert_int_equal(mkdir(existing, 0755), 0);
	return 0;
}

static int tear_down(void **state)
{
	char path[128];

	sprintf(path, "%s/b/c", existing);
	unlink(path);
	sprintf(path, "%s/b", existing);
	rmdir(path);
	rmdir(existing);
	return rmdir(folder);
}

static void close_all(void)
{
	syscall(SYS_close_range, 3, ~0U, 0);
}

/* All three calls and each kind of result. The lowest free descriptor is 3. */
static void open_all(void *ctx)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};

	close_all();
#ifdef SYS_open
	syscall(SYS_open, existing, O_RDONLY);
#else
	syscall(SYS_openat, AT_FDCWD, existing, O_RDONLY);
#endif
	syscall(SYS_openat, AT_FDCWD, existing, O_RDONLY | O_DIRECTORY);
	syscall(SYS_openat2, AT_FDCWD, existing, &how, sizeof(how));
	syscall(SYS_openat, AT_FDCWD, missing, O_WRONLY);
	syscall(SYS_openat, 77, "relative", O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, existing, O_RDWR);
	syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, "line\nbreak\x1b[1m", O_RDONLY);
}

static void test_all_calls(void **state)
{
	char expected[4096] = HEADER "\n", pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "open test", open_all, NULL);
	tool_start(&run, OPENSNOOP, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	add(expected, "%-6d open test           3   0 %s\n", w.pid, existing);
	add(expected, "%-6d open test           4   0 %s\n", w.pid, existing);
	add(expected, "%-6d open test           5   0 %s\n", w.pid, existing);
	add(expected, "%-6d open test          -1   2 %s\n", w.pid, missing);
	add(expected, "%-6d open test          -1   9 relative\n", w.pid);
	add(expected, "%-6d open test          -1  21 %s\n", w.pid, existing);
	add(expected, "%-6d open test          -1  14 \n", w.pid);
	add(expected, "%-6d open test          -1   2 line\\nbreak\\x1b[1m\n", w.pid);
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_failed_with_columns(void **state)
{
	static const char header[] = "TIME(s)       UID   PID    COMM               FD ERR FLAGS    PATH";
	double last = -1, first = -1;
	struct tool_run run;
	struct workload w;
	unsigned flags;
	char pid[16], *line;
	int errors[] = {2, 9, 21, 14, 2}, n = 0;
	unsigned opened[] = {O_WRONLY, O_RDONLY, O_RDWR, O_RDONLY, O_RDONLY};

	workload_new(&w, "open test", open_all, NULL);
	tool_start(&run, OPENSNOOP, "-TUxep", number_text(pid, w.pid));
	tool_wait_line(&run, header);
	workload_go(&w);
	tool_stop(&run, SIGTERM);
	line = strchr(run.text, '\n') + 1;
	for (; *line; line = strchr(line, '\n') + 1, n++) {
		int got_pid, fd, err, uid, at;
		double time;

		assert_true(n < 5);
		assert_int_equal(sscanf(line, "%lf %d %d open test %d %d %o%n", &time, &uid, &got_pid, &fd,
					 &err, &flags, &at),
			6);
		/* "0.000000000   0     PID": columns 14 and 6 wide */
		assert_true(line[13] == ' ' && line[14] != ' ' && line[20] != ' ');
		if (first < 0)
			first = time;
		assert_true(time >= last && time < 300);
		last = time;
		assert_int_equal(uid, 0);
		assert_int_equal(got_pid, w.pid);
		assert_int_equal(fd, -1);
		assert_int_equal(err, errors[n]);
		assert_int_equal(flags, opened[n]);
		/* the flags are eight wide */
		assert_int_equal(line[at - 9], ' ');
	}
	assert_int_equal(n, 5);
	assert_true(first == 0);
	tool_free(&run);
}

static void test_flags(void **state)
{
	char expected[4096] = HEADER "\n", pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "open test", open_all, NULL);
	tool_start(&run, OPENSNOOP, "-f", "O_WRONLY", "--flag_filter=O_RDWR", "-p", number_text(pid, w.pid),
		"-n", "en te");
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	add(expected, "%-6d open test          -1   2 %s\n", w.pid, missing);
	add(expected, "%-6d open test          -1  21 %s\n", w.pid, existing);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_other_name(void **state)
{
	struct tool_run run;
	struct workload w;
	char pid[16];

	workload_new(&w, "open test", open_all, NULL);
	tool_start(&run, OPENSNOOP, "-n", "opentest", "-p", number_text(pid, w.pid), "-u", "root");
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGHUP);
	tool_assert_output(&run, HEADER "\n");
	tool_free(&run);
}

static void open_relative(void *ctx)
{
	char path[128], *deep = ctx;
	int fd;

	close_all();
	if (chdir(existing) || mkdir("b", 0755))
		_exit(1);
	sprintf(path, "%s/b", existing);
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY); /* 3 */
	syscall(SYS_openat, AT_FDCWD, "b/c", O_CREAT | O_WRONLY, 0600);
	syscall(SYS_openat, fd, "c", O_RDONLY);
	syscall(SYS_openat, 77, "c", O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, "..", O_RDONLY);
	if (chdir("/"))
		_exit(1);
	syscall(SYS_openat, AT_FDCWD, "proc", O_RDONLY);
	if (chdir("/proc/self/ns"))
		_exit(1);
	syscall(SYS_openat, AT_FDCWD, "net", O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, deep, O_RDONLY);
}

static void test_full_path(void **state)
{
	char expected[16384] = HEADER "\n", pid[16], deep[3600] = "/";
	struct tool_run run;
	struct workload w;

	while (strlen(deep) < sizeof(deep) - 10)
		strcat(deep, "very/long");
	workload_new(&w, "full-path", open_relative, deep);
	tool_start(&run, OPENSNOOP, "-F", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	add(expected, "%-6d full-path           3   0 %s/b\n", w.pid, existing);
	add(expected, "%-6d full-path           4   0 %s/b/c\n", w.pid, existing);
	add(expected, "%-6d full-path           5   0 %s/b/c\n", w.pid, existing);
	add(expected, "%-6d full-path          -1   9 c\n", w.pid);
	add(expected, "%-6d full-path           6   0 %s/..\n", w.pid, existing);
	add(expected, "%-6d full-path           7   0 /proc\n", w.pid);
	/* across the mount point of /proc */
	add(expected, "%-6d full-path           8   0 /proc/%d/ns/net\n", w.pid, w.pid);
	add(expected, "%-6d full-path          -1   2 %s\n", w.pid, deep);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

enum { DEPTH = 70, SHOWN = 64 }; /* directories */

static void open_deep(void *ctx)
{
	if (chdir(existing))
		_exit(1);
	for (int i = 0; i < DEPTH; i++)
		if (mkdir("d", 0755) || chdir("d"))
			_exit(1);
	syscall(SYS_openat, AT_FDCWD, "none", O_RDONLY);
	for (int i = 0; i < DEPTH; i++)
		if (chdir("..") || rmdir("d"))
			_exit(1);
}

/* More directories than the tool follows: it does not pretend that the last one is the root. */
static void test_deep_path(void **state)
{
	char expected[1024] = HEADER "\n", pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "deep-path", open_deep, NULL);
	tool_start(&run, OPENSNOOP, "-F", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	add(expected, "%-6d deep-path          -1   2 ...", w.pid);
	for (int i = 0; i < SHOWN; i++)
		strcat(expected, "/d");
	strcat(expected, "/none\n");
	tool_assert_output(&run, expected);
	tool_free(&run);
}

struct threads {
	pid_t other; /* in memory shared by both processes */
	int ready, go;
};

static void *open_in_thread(void *ctx)
{
	struct threads *threads = ctx;

	threads->other = syscall(SYS_gettid);
	__atomic_store_n(&threads->ready, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&threads->go, __ATOMIC_ACQUIRE))
		usleep(1000);
	syscall(SYS_openat, AT_FDCWD, missing, O_RDONLY);
	return NULL;
}

static void test_thread(void **state)
{
	struct threads *threads =
		mmap(NULL, sizeof(*threads), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char expected[1024], tid[16];
	struct tool_run run;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		pthread_t thread;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "threads");
		pthread_create(&thread, NULL, open_in_thread, threads);
		while (!__atomic_load_n(&threads->go, __ATOMIC_ACQUIRE))
			usleep(1000);
		syscall(SYS_openat, AT_FDCWD, existing, O_RDONLY);
		pthread_join(thread, NULL);
		_exit(0);
	}
	while (!__atomic_load_n(&threads->ready, __ATOMIC_ACQUIRE))
		usleep(1000);
	tool_start(&run, OPENSNOOP, "-t", number_text(tid, threads->other));
	tool_wait_line(&run, "TID    COMM               FD ERR PATH");
	__atomic_store_n(&threads->go, 1, __ATOMIC_RELEASE);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	tool_stop(&run, SIGINT);
	sprintf(expected, "TID    COMM               FD ERR PATH\n%-6d threads            -1   2 %s\n",
		threads->other, missing);
	tool_assert_output(&run, expected);
	tool_free(&run);
	munmap(threads, sizeof(*threads));
}

/* Whether a process waits in a system call of this number. */
static bool is_in_call(pid_t pid, long number)
{
	char path[64], text[256] = "";
	FILE *file;

	sprintf(path, "/proc/%d/syscall", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	(void)!fgets(text, sizeof(text), file);
	fclose(file);
	return strtol(text, NULL, 10) == number && text[0] >= '0' && text[0] <= '9';
}

/* A call that was made before there was a tracer, and returns when there is one: of a FIFO, which waits for
 * who writes to it. */
static void test_begun_before(void **state)
{
	char path[128], expected[256], pid[16];
	struct tool_run run;
	pid_t reader;
	int fd;

	sprintf(path, "%s/fifo", existing);
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = fork();
	assert_true(reader >= 0);
	if (!reader) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "before");
		close_all();
		_exit(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) != 3);
	}
	while (!is_in_call(reader, SYS_openat))
		usleep(1000);
	tool_start(&run, OPENSNOOP, "-ep", number_text(pid, reader));
	tool_wait_line(&run, "PID    COMM               FD ERR FLAGS    PATH");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(waitpid(reader, NULL, 0), reader);
	tool_stop(&run, SIGINT);
	close(fd);
	unlink(path);
	sprintf(expected,
		"PID    COMM               FD ERR FLAGS    PATH\n%-6d before              3   0 00000000 %s\n",
		reader, path);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_duration(void **state)
{
	struct tool_run run;
	char pid[16];
	double begin = tool_now();

	tool_start(&run, OPENSNOOP, "-d", "1", "-b", "8", "-p", number_text(pid, getpid()));
	tool_wait_line(&run, HEADER);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_true(tool_now() - begin >= 1);
	tool_assert_output(&run, HEADER "\n");
	tool_free(&run);
}

static void open_many(void *ctx)
{
	char path[128];

	for (int i = 0; i < 2000; i++) {
		sprintf(path, "%s/many-%d", folder, i);
		syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
	}
}

static void test_many(void **state)
{
	char line[256], pid[16], *at;
	struct tool_run run;
	struct workload w;

	workload_new(&w, "many", open_many, NULL);
	tool_start(&run, OPENSNOOP, "-b", "256", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	at = strchr(run.text, '\n') + 1;
	for (int i = 0; i < 2000; i++) {
		sprintf(line, "%-6d many               -1   2 %s/many-%d\n", w.pid, folder, i);
		if (strncmp(at, line, strlen(line)))
			fail_msg("event %d: '%.100s'; stderr: %s", i, at, run.errors);
		at += strlen(line);
	}
	assert_string_equal(at, "");
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_calls),
		cmocka_unit_test(test_failed_with_columns),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_other_name),
		cmocka_unit_test(test_full_path),
		cmocka_unit_test(test_deep_path),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_begun_before),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
