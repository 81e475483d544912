/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses of processes: programs of known functions say where these are, and each address must get that name, whatever way the
 * symbols are kept; while the program loads, execs, is replaced, and ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "../targets/traced_symbols.h"

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

/* No address of the program has a name: not that of a neighbour either. */
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
	/* what is gone is gone when the table is told to look */
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

/* Everything that was read stays; nothing new is, and another process of the PID could not be. */
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

/* A process of that very PID, which only waits; -1: that is not permitted. */
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
	/* when a process started is known in ticks of 10 ms */
	usleep(30000);
	/* somebody else may have got the PID first */
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

/* The path of a running program leads to another file now. Its names would be wrong ones. */
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
	expect_functions(s, &t); /* by way of /proc/PID/exe */
	bcc_symbols_close(s);
	assert_int_equal(unlink(path), 0);
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	bcc_symbols_close(s);
	traced_end(&t);
	assert_int_equal(rmdir(directory), 0);
}

/* Of a library that is replaced the old file is not to be had, unless one may look into map_files. */
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
	/* the same bytes in another file are right */
	copy_file(TARGETS "/libtarget_library.so", path);
	s = open_symbols(&t, NULL);
	expect_functions(s, &t);
	bcc_symbols_close(s);
	traced_end(&t);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
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

/* ---- namespaces ---- */

/* In a mount namespace where it sees its program and the map of its run time, at paths that are something else outside; and in a
 * PID namespace where it is another number. */
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
	/* one that somebody made from outside */
	snprintf(map, sizeof(map), "/tmp/perf-%d.map", t.pid);
	append(map, "10000 40 outside\n");
	expect_name(s, 0x10020, "outside", 0x20);
	append(map, "20000 40 more\n");
	expect_name(s, 0x20020, "more", 0x20);
	assert_int_equal(unlink(map), 0);
	bcc_symbols_close(s);
	/* it is 1 in there; /tmp is the same for both */
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

/* ---- what cannot be ---- */

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
	/* a table that failed to open knows nothing, but is one */
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

		/* another user's process that keeps its memory to itself */
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

/* Tables of their own, of the same files */
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

/* At any moment of the opening, the process may end. */
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
		cmocka_unit_test(test_library_loaded_later),
		cmocka_unit_test(test_exec),
		cmocka_unit_test(test_process_ends),
		cmocka_unit_test(test_pid_is_used_again),
		cmocka_unit_test(test_program_is_replaced),
		cmocka_unit_test(test_library_is_replaced),
		cmocka_unit_test(test_vdso),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_no_process),
		cmocka_unit_test(test_no_permission),
		cmocka_unit_test(test_options_of_a_newer_version),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_processes_that_end_meanwhile),
		cmocka_unit_test(test_nothing_stays_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
