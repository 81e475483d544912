/* SPDX-License-Identifier: Apache-2.0 */
/* trace_pipe, which the whole machine shares: only lines with this test's own mark count. */
#include "own_events.h"

#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

static char mark[64];

static struct bcc *open_printing(const char *format)
{
	char *statements;
	struct bcc *b;

	snprintf(mark, sizeof(mark), "mark-%d-%ld", getpid(), (long)time(NULL));
	assert_true(asprintf(&statements, "bpf_trace_printk(\"%s %s\\n\", n);", mark, format) > 0);
	b = open_own_events("", statements);
	free(statements);
	return b;
}

static double now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* What must_have_pipe() prints, perhaps more than once, so that its last line may arrive late. */
#define PROBE_NUMBER "1000000"

/* The next line of ours; false if none arrives. */
static bool own_line(struct bcc *b, char *line, size_t size, int seconds)
{
	double end = now() + seconds;

	while (now() < end) {
		int ret = bcc_trace_line(b, line, size, 1000);

		assert_true(ret >= 0);
		assert_int_equal(ret, ret ? strlen(line) : 0);
		if (ret && strstr(line, mark))
			return true;
	}
	return false;
}

static bool is_probe(const char *line)
{
	size_t length = strlen(line), tail = strlen(PROBE_NUMBER);

	return length > tail && !strcmp(line + length - tail, PROBE_NUMBER);
}

/* The pipe may not be available: another program reads it, or there is no tracefs. And it may be late: since
 * 2025 kernels turn printing on in a worker that loading the first program starts, and print nothing until
 * then. */
static void must_have_pipe(struct bcc *b)
{
	char line[1024];
	int err = bcc_trace_line(b, line, sizeof(line), 0);

	if (err == -EBUSY || err == -EOPNOTSUPP || err == -EACCES) {
		printf("SKIP: %s\n", bcc_error(b));
		if (getenv("BCC_TEST_NO_SKIP"))
			fail_msg("must not be skipped here");
		skip();
	}
	assert_true(err >= 0);
	for (int tries = 0; tries < 100; tries++) {
		own_event(atoi(PROBE_NUMBER));
		if (own_line(b, line, sizeof(line), 1))
			return;
	}
	fail_msg("no line came");
}

static void test_lines(void **state)
{
	struct bcc *b = open_printing("number %d");
	char line[1024], expected[128];

	must_have_pipe(b);
	for (int n = 0; n < 50; n++)
		own_event(n);
	for (int n = 0; n < 50; n++) {
		do
			assert_true(own_line(b, line, sizeof(line), 60));
		while (is_probe(line));
		snprintf(expected, sizeof(expected), "%s number %d", mark, n);
		assert_non_null(strstr(line, expected));
		assert_null(strchr(line, '\n'));
		assert_string_equal(strstr(line, expected), expected);
	}
	/* cut to the available room */
	own_event(1);
	assert_int_equal(bcc_trace_line(b, line, 8, 5000), 7);
	assert_int_equal(strlen(line), 7);
	bcc_close(b);
}

/* The fields of the line "number N". */
static void own_fields(struct bcc *b, int number, struct bcc_trace_fields *f)
{
	char expected[128];
	double end = now() + 60;

	snprintf(expected, sizeof(expected), "%s number %d", mark, number);
	while (now() < end) {
		int ret = bcc_trace_fields(b, f, 1000);

		assert_true(ret >= 0);
		if (ret && !strcmp(f->message, expected))
			return;
	}
	fail_msg("no line \"%s\"", expected);
}

static void test_fields(void **state)
{
	struct bcc *b = open_printing("number %d");
	struct bcc_trace_fields f = {.size = sizeof(f)}, later = {.size = sizeof(later)};
	char old[16];
	double begin, apart;
	cpu_set_t before, one;

	must_have_pipe(b);
	/* each CPU has its own trace clock */
	sched_getaffinity(0, sizeof(before), &before);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	prctl(PR_GET_NAME, old);
	prctl(PR_SET_NAME, "a-1 [0] b: c");
	begin = now();
	own_event(1234);
	/* the kernel records the names of traced tasks when it switches away from them, and knows the last
	 * one when lines are read */
	usleep(300000);
	own_fields(b, 1234, &f);
	prctl(PR_SET_NAME, old);
	own_event(1235);
	apart = now() - begin;
	sched_setaffinity(0, sizeof(before), &before);
	assert_string_equal(f.task, "a-1 [0] b: c");
	assert_int_equal(f.pid, getpid());
	assert_in_range(f.cpu, 0, sysconf(_SC_NPROCESSORS_CONF) - 1);
	assert_int_equal(f.size, sizeof(f));
	/* on an emulated machine the trace clock may be seconds off the others, but not in its rate */
	own_fields(b, 1235, &later);
	assert_true(f.timestamp > 0);
	assert_true(later.timestamp - f.timestamp > 0.2 && later.timestamp - f.timestamp < apart + 0.2);
	bcc_close(b);
}

static void test_older_struct(void **state)
{
	struct bcc *b = open_printing("%d");
	struct {
		size_t size;
		char task[32];
		int pid, guard;
	} old = {.size = offsetof(struct bcc_trace_fields, cpu), .guard = 0x1234567};
	int ret;

	must_have_pipe(b);
	own_event(1);
	do
		ret = bcc_trace_fields(b, (struct bcc_trace_fields *)&old, 5000);
	while (ret == 1 && old.pid != getpid());
	assert_int_equal(ret, 1);
	assert_int_equal(old.guard, 0x1234567);
	bcc_close(b);
}

static void test_timeout_and_bad_input(void **state)
{
	struct bcc *b = open_printing("%d");
	struct bcc_trace_fields f = {};
	char line[16];
	double start;

	must_have_pipe(b);
	expect_return(b, bcc_trace_line(b, NULL, 16, 0), -EINVAL);
	expect_return(b, bcc_trace_line(b, line, 0, 0), -EINVAL);
	expect_fails(b, bcc_trace_fields(b, &f, 0), -EINVAL, "size");
	expect_return(b, bcc_trace_fields(b, NULL, 0), -EINVAL);
	assert_int_equal(bcc_trace_line(NULL, line, sizeof(line), 0), -EINVAL);
	/* other programs may print while this waits: then nothing can be said about the time */
	start = now();
	if (bcc_trace_line(b, line, sizeof(line), 200) == 0)
		assert_true(now() - start >= 0.199);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_older_struct),
		cmocka_unit_test(test_timeout_and_bad_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
