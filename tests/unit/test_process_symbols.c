/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses in processes: programs report where their functions are, and each address must get the right
 * name, wherever the symbols are stored. Processes that change are in test_process_symbols_changes.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/targets/traced_symbols.h"

static void expect_target(const char *program)
{
	struct traced t;
	struct bcc_symbols *s;

	traced_start(&t, program);
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	bcc_symbols_close(s);
	traced_end(&t);
}

static void test_pie(void **state)
{
	expect_target(TARGETS "/target_pie");
}

static void test_no_pie(void **state)
{
	expect_target(TARGETS "/target_no_pie");
}

static void test_cpp(void **state)
{
	expect_target(TARGETS "/target_cpp");
}

static void test_debuglink(void **state)
{
	expect_target(TARGETS "/target_debuglink");
}

static void test_debugdata(void **state)
{
	if (access(TARGETS "/target_debugdata", X_OK)) {
		printf("SKIP: xz was not there when the targets were built\n");
		skip();
	}
	expect_target(TARGETS "/target_debugdata");
}

/* No address of the program gets a name: not that of a neighbour either. */
static void expect_unknown(const char *program, const struct bcc_symbols_opts *opts)
{
	struct traced t;
	struct bcc_symbols *s;
	char text[256];

	traced_start(&t, program);
	s = open_symbols(&t, opts);
	for (size_t i = 0; i < t.count; i++) {
		struct bcc_symbol_info info;
		uint64_t address;

		assert_int_equal(bcc_symbols_resolve(s, t.functions[i].address, &info), -ENOENT);
		assert_null(info.name);
		assert_string_equal(info.module, program);
		assert_string_equal(
			bcc_symbols_text(s, t.functions[i].address, BCC_SYMBOL_OFFSET, text, sizeof(text)),
			"[unknown]");
		assert_int_equal(bcc_symbols_find(s, program, t.functions[i].name, &address), -ENOENT);
		assert_non_null(strstr(bcc_symbols_error(s), t.functions[i].name));
	}
	bcc_symbols_close(s);
	traced_end(&t);
}

static void test_stripped_is_unknown(void **state)
{
	expect_unknown(TARGETS "/target_stripped", NULL);
}

static void test_debug_file_with_wrong_checksum(void **state)
{
	struct bcc_symbols_opts any = BCC_OPTS(struct bcc_symbols_opts, .no_crc = true);
	struct bcc_symbols *s;
	struct traced t;

	expect_unknown(TARGETS "/target_wrong_crc", NULL);
	/* it is the checksum alone that spoke against it */
	traced_start(&t, TARGETS "/target_wrong_crc");
	s = open_symbols(&t, &any);
	expect_functions(s, &t);
	bcc_symbols_close(s);
	traced_end(&t);
}

static void test_no_debug_files(void **state)
{
	struct bcc_symbols_opts none = BCC_OPTS(struct bcc_symbols_opts, .no_debug_files = true);

	expect_unknown(TARGETS "/target_debuglink", &none);
}

static void test_no_demangle(void **state)
{
	struct bcc_symbols_opts opts = BCC_OPTS(struct bcc_symbols_opts, .no_demangle = true);
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	struct traced t;

	traced_start(&t, TARGETS "/target_cpp");
	s = open_symbols(&t, &opts);
	assert_int_equal(bcc_symbols_resolve(s, t.functions[0].address, &info), 0);
	assert_string_equal(info.name, "_ZNK6target5shape4areaEi");
	assert_ptr_equal(info.name, info.raw_name);
	bcc_symbols_close(s);
	traced_end(&t);
}

static void test_text(void **state)
{
	struct bcc_symbols *s;
	struct traced t;
	char text[256];
	uint64_t address;

	traced_start(&t, TARGETS "/target_pie");
	s = open_symbols(&t, NULL);
	address = t.functions[1].address;
	assert_string_equal(bcc_symbols_text(s, address + 2, 0, text, sizeof(text)), "target_leaf");
	assert_string_equal(
		bcc_symbols_text(s, address + 2, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE, text, sizeof(text)),
		"target_leaf+0x2 [target_pie]");
	assert_string_equal(bcc_symbols_text(s, address, 0, text, 9), "target_l");
	assert_string_equal(
		bcc_symbols_text(s, 16, BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE, text, sizeof(text)),
		"[unknown]");
	bcc_symbols_close(s);
	traced_end(&t);
}

static void test_vdso(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	uint64_t address = 0;

	if (!getauxval(AT_SYSINFO_EHDR))
		skip();
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &s), 0);
	assert_int_equal(bcc_symbols_find(s, "[vdso]", "__vdso_gettimeofday", &address), 0);
	assert_in_range(address, getauxval(AT_SYSINFO_EHDR), getauxval(AT_SYSINFO_EHDR) + 65536);
	assert_int_equal(bcc_symbols_resolve(s, address + 1, &info), 0);
	assert_string_equal(info.module, "[vdso]");
	assert_string_equal(info.raw_name, "__vdso_gettimeofday");
	bcc_symbols_close(s);
}

static int own_variable = 3;

static void test_variables(void **state)
{
	struct bcc_symbols_opts data = BCC_OPTS(struct bcc_symbols_opts, .data = true);
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	uint64_t address;

	assert_int_equal(bcc_symbols_open_process(getpid(), &data, &s), 0);
	assert_int_equal(bcc_symbols_resolve(s, (uintptr_t)&own_variable, &info), 0);
	assert_string_equal(info.name, "own_variable");
	assert_int_equal(bcc_symbols_find(s, NULL, "own_variable", &address), 0);
	assert_int_equal(address, (uintptr_t)&own_variable);
	bcc_symbols_close(s);
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &s), 0);
	assert_int_equal(bcc_symbols_resolve(s, (uintptr_t)&own_variable, &info), -ENOENT);
	assert_int_equal(bcc_symbols_find(s, NULL, "own_variable", &address), -ENOENT);
	/* the C library by its short name, and its function where it is for us too */
	assert_int_equal(bcc_symbols_find(s, "c", "abort", &address), 0);
	assert_int_equal(address, (uintptr_t)abort);
	bcc_symbols_close(s);
}

/* ---- failures ---- */

static void test_no_process(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	pid_t child = fork();
	int status;

	if (!child)
		_exit(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(bcc_symbols_open_process(child, NULL, &s), -ESRCH);
	assert_non_null(strstr(bcc_symbols_error(s), "no process"));
	/* a table that failed to open contains nothing, but can be used */
	assert_int_equal(bcc_symbols_resolve(s, 16, &info), -ENOENT);
	bcc_symbols_close(s);
	assert_int_equal(bcc_symbols_open_process(0, NULL, &s), -ESRCH);
	bcc_symbols_close(s);
	assert_int_equal(bcc_symbols_open_process(-1, NULL, &s), -ESRCH);
	bcc_symbols_close(s);
	bcc_symbols_close(NULL);
}

static void test_no_permission(void **state)
{
	struct bcc_symbols *s;
	pid_t child;
	int status;

	if (geteuid()) {
		printf("SKIP: becoming another user needs root\n");
		skip();
	}
	fflush(stdout);
	child = fork();
	if (!child) {
		int code;

		/* another user's process that does not let its memory be read */
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(2);
		code = bcc_symbols_open_process(getppid(), NULL, &s);
		if (code != -EACCES && code != -EPERM)
			_exit(3);
		if (!strstr(bcc_symbols_error(s), "cannot be read"))
			_exit(4);
		bcc_symbols_close(s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_options_of_a_newer_version(void **state)
{
	struct {
		struct bcc_symbols_opts opts;
		long more;
	} newer = {.opts.size = sizeof(newer), .more = 1};
	struct bcc_symbols *s;

	assert_int_equal(bcc_symbols_open_process(getpid(), &newer.opts, &s), -E2BIG);
	bcc_symbols_close(s);
	newer.more = 0;
	assert_int_equal(bcc_symbols_open_process(getpid(), &newer.opts, &s), 0);
	bcc_symbols_close(s);
}

/* ---- many at once ---- */

static void *resolve_own(void *wrong)
{
	for (int i = 0; i < 15; i++) {
		struct bcc_symbol_info info;
		struct bcc_symbols *s;
		uint64_t address;

		if (bcc_symbols_open_process(getpid(), NULL, &s) ||
			bcc_symbols_resolve(s, (uintptr_t)resolve_own, &info) ||
			strcmp(info.name, "resolve_own") != 0 ||
			bcc_symbols_find(s, "c", "abort", &address) || address != (uintptr_t)abort)
			*(bool *)wrong = true;
		bcc_symbols_close(s);
	}
	return NULL;
}

/* Tables of their own, for the same files. */
static void test_threads(void **state)
{
	pthread_t threads[4];
	bool wrong[4] = {false};

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, resolve_own, &wrong[i]), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_false(wrong[i]);
	}
}

static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void test_nothing_stays_open(void **state)
{
	struct bcc_symbols_opts eager = BCC_OPTS(struct bcc_symbols_opts, .eager = true);
	int before = count_descriptors();

	for (int i = 0; i < 3; i++) {
		struct bcc_symbols *s;

		assert_int_equal(bcc_symbols_open_process(getpid(), &eager, &s), 0);
		assert_true(count_descriptors() <= before + 1);
		bcc_symbols_close(s);
		assert_int_equal(count_descriptors(), before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pie),
		cmocka_unit_test(test_no_pie),
		cmocka_unit_test(test_cpp),
		cmocka_unit_test(test_debuglink),
		cmocka_unit_test(test_debugdata),
		cmocka_unit_test(test_stripped_is_unknown),
		cmocka_unit_test(test_debug_file_with_wrong_checksum),
		cmocka_unit_test(test_no_debug_files),
		cmocka_unit_test(test_no_demangle),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_vdso),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_no_process),
		cmocka_unit_test(test_no_permission),
		cmocka_unit_test(test_options_of_a_newer_version),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_nothing_stays_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
