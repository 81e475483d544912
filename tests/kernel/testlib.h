/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by tests on a kernel: cmocka with its headers, texts that open or fail the test, values of tables,
 * skips. */
#ifndef TESTS_KERNEL_TESTLIB_H
#define TESTS_KERNEL_TESTLIB_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/bcc.h>

/* The kernel, or the user, lacks what the test needs. With BCC_TEST_NO_SKIP=1 (virtual machines, where
 * nothing is missing) that is a failure. */
#define test_missing(...)                                                                                    \
	do {                                                                                                 \
		const char *strict_ = getenv("BCC_TEST_NO_SKIP");                                            \
                                                                                                             \
		printf("SKIP: " __VA_ARGS__);                                                                \
		printf("\n");                                                                                \
		fflush(stdout);                                                                              \
		if (strict_ && *strict_ == '1')                                                              \
			fail_msg("must not be skipped here");                                                \
		skip();                                                                                      \
	} while (0)

/* This kernel's version or shape leaves nothing to test: acceptable in a virtual machine too. */
#define test_too_old(...)                                                                                    \
	do {                                                                                                 \
		printf("SKIP: " __VA_ARGS__);                                                                \
		printf("\n");                                                                                \
		fflush(stdout);                                                                              \
		skip();                                                                                      \
	} while (0)

static inline bool test_kernel_is_at_least(int major, int minor)
{
	struct utsname name;
	int has_major = 0, has_minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &has_major, &has_minor);
	return has_major > major || (has_major == major && has_minor >= minor);
}

/* `call` returns `value`; if not, the handle's error message is shown. */
#define expect_return(b, call, value)                                                                        \
	do {                                                                                                 \
		int returned_ = (call);                                                                      \
                                                                                                             \
		if (returned_ != (value))                                                                    \
			fail_msg(                                                                            \
				"%s is %d instead of %d: %s", #call, returned_, (int)(value), bcc_error(b)); \
	} while (0)

#define expect_ok(b, call) expect_return(b, call, 0)

static inline void expect_sentence(const struct bcc *b, const char *part)
{
	if (!strstr(bcc_error(b), part))
		fail_msg("\"%s\" is not in the sentence: %s", part, bcc_error(b));
}

static inline bool have_kprobes(void)
{
	return access("/sys/bus/event_source/devices/kprobe", F_OK) == 0;
}

/* Opens the text with PID defined as this process's, and with `flag` (may be NULL). */
static inline struct bcc *open_test_text(const char *text, const char *flag)
{
	char pid[32];
	const char *cflags[] = {pid, flag};
	struct bcc *b = NULL;
	int err;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	err = bcc_open_text(
		text, &BCC_OPTS(struct bcc_open_opts, .cflags = cflags, .cflags_count = flag ? 2 : 1), &b);
	if (err)
		fail_msg("the test's text cannot be opened: %s", bcc_error(b));
	return b;
}

/* The value at `index` of an array of u64. */
static inline uint64_t table_u64(struct bcc *b, const char *table, uint32_t index)
{
	struct bcc_table *t = bcc_table_find(b, table);
	uint64_t value = 0;
	int err;

	assert_non_null(t);
	err = bcc_table_get(t, &index, sizeof(index), &value, sizeof(value));
	if (err)
		fail_msg("%s[%u]: %s", table, index, bcc_error(b));
	return value;
}

static inline void set_table_u64(struct bcc *b, const char *table, uint32_t index, uint64_t value)
{
	expect_ok(
		b, bcc_table_set(bcc_table_find(b, table), &index, sizeof(index), &value, sizeof(value), 0));
}

/* Runs `fn` in a child process, so that what it changes ends with it. `fn` returns what went wrong, or
 * NULL. */
static inline void in_child(const char *(*fn)(void))
{
	char message[4096] = "";
	int pipes[2], status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const char *wrong = fn();

		if (wrong && write(pipes[1], wrong, strlen(wrong)) < 0)
			_exit(2);
		_exit(wrong ? 1 : 0);
	}
	close(pipes[1]);
	for (ssize_t n = 0, got = 1; got > 0 && n < (ssize_t)sizeof(message) - 1; n += got)
		got = read(pipes[0], message + n, sizeof(message) - 1 - n);
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		fail_msg("in the child (status %#x): %s", status, message);
}

#endif
