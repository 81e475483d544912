/* SPDX-License-Identifier: Apache-2.0 */
/* Tools in another PID namespace than the first take numbers of processes as they are seen there, and tools
 * outside take them as seen in the namespace that they are told. */
#include <sched.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define OPENSNOOP "tools/opensnoop"
#define HEADER "PATH"

static int outside, inside; /* the namespaces' files */
static pid_t first;	    /* of those inside */

static void enter(int namespace)
{
	assert_int_equal(setns(namespace, CLONE_NEWPID), 0);
}

/* Children are in a new namespace from here on; it ends with the first of them. */
static int make_namespace(void **state)
{
	char path[64];

	outside = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (outside < 0 || unshare(CLONE_NEWPID))
		return -1;
	first = fork();
	if (!first) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", first);
	inside = open(path, O_RDONLY | O_CLOEXEC);
	return first < 0 || inside < 0 ? -1 : 0;
}

static int end_namespace(void **state)
{
	/* it ends when all of them have been waited for, which is not so if a test failed */
	kill(first, SIGKILL);
	close(inside);
	close(outside);
	return 0;
}

/* What a process of the namespace is called there. */
static int number_inside(pid_t pid)
{
	char path[64], line[256];
	int number = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "NSpid: %*d %d", &number) == 1)
			break;
	fclose(f);
	assert_true(number > 0);
	return number;
}

static void open_missing(void *ctx)
{
	syscall(SYS_openat, AT_FDCWD, ctx, O_RDONLY);
}

/* Two processes inside, each with its file; the tool, with its option's value as a number inside, shows what
 * is expected. */
static void check(int where, const char *pidns, const char *option, bool negated, const char *expected)
{
	struct workload one, two;
	struct tool_run run;
	char value[32], at[32];

	enter(inside);
	workload_new(&one, "opener", open_missing, "/nonexistent/one");
	workload_new(&two, "opener", open_missing, "/nonexistent/two");
	enter(where);
	sprintf(value, "%s%d", negated ? "!" : "", number_inside(one.pid));
	sprintf(at, "%d", first);
	tool_start(&run, OPENSNOOP, "--comm", "opener", "--columns", "path", option, value, pidns,
		pidns ? at : NULL);
	tool_wait_line(&run, HEADER);
	workload_go(&one);
	workload_go(&two);
	tool_stop(&run, SIGINT);
	enter(inside);
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_inside(void **state)
{
	check(inside, NULL, "--pid", false, HEADER "\n/nonexistent/one\n");
	check(inside, NULL, "--pid", true, HEADER "\n/nonexistent/two\n");
	check(inside, NULL, "--tid", false, HEADER "\n/nonexistent/one\n");
}

static void test_from_outside(void **state)
{
	check(outside, "--pidns", "--pid", false, HEADER "\n/nonexistent/one\n");
	check(outside, "--pidns", "--tid", true, HEADER "\n/nonexistent/two\n");
}

/* Parents that are outside have no number. */
static void test_parents(void **state)
{
	struct tool_run run;
	struct workload w;
	char pidns[64];

	enter(outside);
	snprintf(pidns, sizeof(pidns), "/proc/%d/ns/pid", first);
	enter(inside);
	workload_new(&w, "opener", open_missing, "/nonexistent/one");
	enter(outside);
	tool_start(&run, OPENSNOOP, "--comm", "opener", "--columns", "path", "--ppid", "0", "--pidns", pidns);
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	enter(inside);
	tool_assert_output(&run, HEADER "\n/nonexistent/one\n");
	tool_free(&run);
}

/* A command is followed inside, and the tool's own events are left out. */
static void test_command(void **state)
{
	struct tool_run run;

	enter(inside);
	tool_start(&run, OPENSNOOP, "--columns", "path", "--no-header", "--filter", "path ~ ^/nonexistent/",
		"--", "/bin/sh", "-c", "true < /nonexistent/parent; (true < /nonexistent/child); exit 0");
	tool_end(&run, 120);
	assert_int_equal(run.status, 0);
	tool_assert_output(&run, "/nonexistent/parent\n/nonexistent/child\n");
	tool_free(&run);
}

static void test_self(void **state)
{
	char path[] = "/tmp/pidns-XXXXXX", text[512] = "";
	int fd = mkstemp(path), end = 60;
	struct tool_run run;
	struct workload w;

	assert_true(fd >= 0);
	enter(inside);
	workload_new(&w, "opener", open_missing, path);
	tool_start(&run, OPENSNOOP, "--columns", "path,comm", "--output-file", path, "--filter",
		"path ~ pidns-");
	while (!pread(fd, text, sizeof(text) - 1, 0) && end--)
		tool_read(&run, 1000);
	/* it opens its file again */
	unlink(path);
	kill(run.pid, SIGHUP);
	for (end = 60000; access(path, F_OK) && end--;)
		usleep(1000);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	memset(text, 0, sizeof(text));
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, " opener "));
	assert_null(strstr(text, " opensnoop "));
	close(fd);
	unlink(path);
	tool_free(&run);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {"x", "0", "", "/nonexistent/ns", "/proc/self/exe", "2147483647"};
	struct tool_run run;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tool_start(&run, OPENSNOOP, "--pidns", wrong[i]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_from_outside),
		cmocka_unit_test(test_parents),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, make_namespace, end_namespace);
}
