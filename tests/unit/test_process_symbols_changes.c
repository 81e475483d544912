/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses in processes that change: that load a library, call exec, are replaced and end, and whose paths
 * lead to something else for them than for us.
 */
#include <errno.h>
#include <limits.h>
#include <linux/sched.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/targets/traced_symbols.h"

static void test_library_loaded_later(void **state)
{
	struct bcc_symbols *s;
	struct traced t;
	size_t own;

	traced_start(&t, TARGETS "/target_pie");
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	own = t.count;
	traced_tell(&t, "load " TARGETS "/libtarget_library.so");
	assert_int_equal(t.count, own + 2);
	expect_functions(s, &t);
	/* what is gone is forgotten when the table is refreshed */
	traced_tell(&t, "unload");
	assert_int_equal(bcc_symbols_refresh(s), 0);
	for (size_t i = own; i < t.count; i++) {
		struct bcc_symbol_info info;

		assert_int_equal(bcc_symbols_resolve(s, t.functions[i].address, &info), -ENOENT);
		assert_null(info.module);
	}
	bcc_symbols_close(s);
	traced_end(&t);
}

static void test_exec(void **state)
{
	struct bcc_symbols *s;
	struct traced t;

	traced_start(&t, TARGETS "/target_pie");
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	t.count = 0;
	traced_tell(&t, "exec " TARGETS "/target_cpp");
	assert_int_equal(bcc_symbols_refresh(s), 0);
	expect_functions(s, &t);
	bcc_symbols_close(s);
	traced_end(&t);
}

/* Everything that was read stays; nothing new is added, and another process with the PID is not used. */
static void test_process_ends(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	struct traced t;
	uint64_t address;

	traced_start(&t, TARGETS "/target_pie");
	s = open_symbols(&t, NULL);
	traced_end(&t);
	/* not even one file had been read */
	expect_functions(s, &t);
	assert_int_equal(bcc_symbols_refresh(s), -ESRCH);
	assert_non_null(strstr(bcc_symbols_error(s), "has ended"));
	expect_functions(s, &t);
	assert_int_equal(bcc_symbols_resolve(s, 16, &info), -ENOENT);
	assert_int_equal(bcc_symbols_find(s, NULL, "no_such_function", &address), -ENOENT);
	bcc_symbols_close(s);
}

/* Starts a process with that very PID, which only waits; -1: not permitted. */
static pid_t start_again(pid_t pid)
{
	struct clone_args args = {.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&pid, .set_tid_size = 1};
	pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void test_pid_is_used_again(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s, *other;
	struct traced t;
	pid_t again;
	time_t end = time(NULL) + 60;

	traced_start(&t, TARGETS "/target_pie");
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	traced_end(&t);
	/* start times have a resolution of 10 ms */
	usleep(30000);
	/* another process may have got the PID first */
	do
		again = start_again(t.pid);
	while (again < 0 && errno == EEXIST && time(NULL) < end);
	if (again < 0) {
		bcc_symbols_close(s);
		printf("SKIP: no process can be given the PID of another: %s\n", strerror(errno));
		skip();
	}
	assert_int_equal(again, t.pid);
	assert_int_equal(bcc_symbols_refresh(s), -ESRCH);
	expect_functions(s, &t);
	assert_int_equal(bcc_symbols_resolve(s, (uintptr_t)test_pid_is_used_again, &info), -ENOENT);
	assert_null(info.module);
	assert_int_equal(bcc_symbols_open_process(again, NULL, &other), 0);
	assert_int_equal(bcc_symbols_resolve(other, (uintptr_t)test_pid_is_used_again, &info), 0);
	assert_string_equal(info.name, "test_pid_is_used_again");
	bcc_symbols_close(other);
	bcc_symbols_close(s);
	kill(again, SIGKILL);
	assert_int_equal(waitpid(again, NULL, 0), again);
}

static void copy_file(const char *from, const char *to)
{
	char command[2 * PATH_MAX];

	snprintf(command, sizeof(command), "cp %s %s.new && mv -f %s.new %s", from, to, to, to);
	assert_int_equal(system(command), 0);
}

/* The path of a running program leads to another file now, whose names would be wrong. */
static void test_program_is_replaced(void **state)
{
	char directory[] = "/tmp/replaced-XXXXXX", path[64];
	struct bcc_symbols *s;
	struct traced t;

	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/program", directory);
	copy_file(TARGETS "/target_pie", path);
	traced_start(&t, path);
	copy_file(TARGETS "/target_cpp", path);
	s = open_symbols(&t, NULL);
	expect_functions(s, &t); /* through /proc/PID/exe */
	bcc_symbols_close(s);
	assert_int_equal(unlink(path), 0);
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	bcc_symbols_close(s);
	traced_end(&t);
	assert_int_equal(rmdir(directory), 0);
}

/* If a library was replaced, its old file can only be opened through map_files, which not everybody may
 * do. */
static void test_library_is_replaced(void **state)
{
	char directory[] = "/tmp/replaced-XXXXXX", path[64], line[80];
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	struct traced t;
	size_t own;

	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/library.so", directory);
	copy_file(TARGETS "/libtarget_library.so", path);
	traced_start(&t, TARGETS "/target_pie");
	own = t.count;
	snprintf(line, sizeof(line), "load %s", path);
	traced_tell(&t, line);
	copy_file(TARGETS "/target_cpp", path);
	s = open_symbols(&t, NULL);
	for (size_t i = own; i < t.count; i++)
		if (!bcc_symbols_resolve(s, t.functions[i].address, &info))
			assert_string_equal(info.name, t.functions[i].name);
	bcc_symbols_close(s);
	/* the same bytes in another file are accepted */
	copy_file(TARGETS "/libtarget_library.so", path);
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	bcc_symbols_close(s);
	traced_end(&t);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
}

/* The process may end at any moment while it is opened. */
static void test_processes_that_end_meanwhile(void **state)
{
	struct bcc_symbols_opts eager = BCC_OPTS(struct bcc_symbols_opts, .eager = true);

	fflush(stdout);
	for (int i = 0; i < 100; i++) {
		struct bcc_symbol_info info;
		struct bcc_symbols *s;
		pid_t child = fork();
		int code;

		assert_true(child >= 0);
		if (!child) {
			for (volatile int spin = 0; spin < i * 500; spin++)
				;
			_exit(0);
		}
		code = bcc_symbols_open_process(child, &eager, &s);
		if (code && code != -ESRCH)
			fail_msg("%d: %s", code, bcc_symbols_error(s));
		code = bcc_symbols_resolve(s, (uintptr_t)test_processes_that_end_meanwhile, &info);
		assert_true(code == 0 || code == -ENOENT);
		assert_int_equal(waitpid(child, NULL, 0), child);
		code = bcc_symbols_resolve(s, (uintptr_t)test_processes_that_end_meanwhile, &info);
		assert_true(code == 0 || code == -ENOENT);
		bcc_symbols_close(s);
	}
}

/* ---- namespaces ---- */

/* In a mount namespace where its program and its perf map are at paths that lead elsewhere outside; and in a
 * PID namespace where it has another PID. */
static void enter_namespaces(void *directory)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWPID) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", directory, "tmpfs", 0, NULL))
		_exit(77);
}

static void test_namespaces(void **state)
{
	char directory[] = "/tmp/namespace-XXXXXX", program[64], map[64];
	struct bcc_symbols *s;
	struct traced t;

	if (geteuid()) {
		printf("SKIP: namespaces need root\n");
		skip();
	}
	assert_non_null(mkdtemp(directory));
	snprintf(program, sizeof(program), "%s/program", directory);
	if (!traced_start_in(&t, TARGETS "/target_pie", program, enter_namespaces, directory)) {
		printf("SKIP: namespaces are not permitted here\n");
		rmdir(directory);
		skip();
	}
	assert_int_not_equal(access(program, F_OK), 0);
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	/* one that was made from outside */
	snprintf(map, sizeof(map), "/tmp/perf-%d.map", t.pid);
	append(map, "10000 40 outside\n");
	expect_name(s, 0x10020, "outside", 0x20);
	append(map, "20000 40 more\n");
	expect_name(s, 0x20020, "more", 0x20);
	assert_int_equal(unlink(map), 0);
	bcc_symbols_close(s);
	/* it has PID 1 in there; /tmp is shared */
	s = open_symbols(&t, NULL);
	snprintf(map, sizeof(map), "/tmp/perf-%d.map", t.own_pid);
	assert_int_equal(t.own_pid, 1);
	if (access(map, F_OK)) {
		append(map, "10000 40 inside\n");
		expect_name(s, 0x10020, "inside", 0x20);
		unlink(map);
	}
	bcc_symbols_close(s);
	traced_end(&t);
	assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_library_loaded_later),
		cmocka_unit_test(test_exec),
		cmocka_unit_test(test_process_ends),
		cmocka_unit_test(test_pid_is_used_again),
		cmocka_unit_test(test_program_is_replaced),
		cmocka_unit_test(test_library_is_replaced),
		cmocka_unit_test(test_processes_that_end_meanwhile),
		cmocka_unit_test(test_namespaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
