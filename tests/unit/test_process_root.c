/* SPDX-License-Identifier: Apache-2.0 */
/* Paths that a traced process chooses may lead anywhere: what is neither a file nor a directory is never
 * opened. And why a process cannot be looked at at all. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
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
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/symbols.h>
#include <bcc/usdt.h>

#include "libbcc/symbols/elf/library_path.h"
#include "libbcc/symbols/process/process_root.h"

static const struct bcc_root own = {.fd = -1};

/* A directory of the test's own, and a path in it. */
struct place {
	char folder[32], path[64];
};

static void make_place(struct place *p, const char *name)
{
	strcpy(p->folder, "/tmp/root-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/%s", p->folder, name);
}

static void remove_place(const struct place *p)
{
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(rmdir(p->folder), 0);
}

/* Watches for the path being opened from now on. */
static int watch(const char *path)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	assert_true(fd >= 0);
	assert_true(inotify_add_watch(fd, path, IN_OPEN) >= 0);
	return fd;
}

static bool was_opened(int watched)
{
	char events[4096];

	return read(watched, events, sizeof(events)) > 0;
}

static void test_regular(void **state)
{
	char text[8] = "";
	struct place p;
	int fd;

	make_place(&p, "file");
	fd = open(p.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "text", 4), 4);
	close(fd);
	fd = bcc_root_open_file(&own, p.path);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & (O_ACCMODE | O_PATH), O_RDONLY);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	close(fd);
	fd = bcc_root_open_file(&own, p.folder);
	assert_true(fd >= 0);
	close(fd);
	remove_place(&p);
	assert_int_equal(bcc_root_open_file(&own, p.path), -ENOENT);
}

static void test_fifo(void **state)
{
	struct place p;
	struct bcc_binary binary;
	int watched;

	make_place(&p, "fifo");
	assert_int_equal(mkfifo(p.path, 0600), 0);
	watched = watch(p.path);
	assert_int_equal(bcc_root_open_file(&own, p.path), -ENOEXEC);
	assert_int_equal(bcc_binary_open(NULL, p.path, 0, &binary), -ENOEXEC);
	assert_false(was_opened(watched));
	close(watched);
	remove_place(&p);
}

/* A perf map that is a link to a device. */
static void test_perf_map(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	char map[64];
	struct place p;
	int watched;

	make_place(&p, "fifo");
	assert_int_equal(mkfifo(p.path, 0600), 0);
	snprintf(map, sizeof(map), "/tmp/perf-%d.map", getpid());
	assert_int_equal(symlink(p.path, map), 0);
	watched = watch(p.path);
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &s), 0);
	assert_int_equal(bcc_symbols_resolve(s, 16, &info), -ENOENT);
	assert_int_equal(bcc_symbols_refresh(s), 0);
	assert_false(was_opened(watched));
	bcc_symbols_close(s);
	assert_int_equal(unlink(map), 0);
	close(watched);
	remove_place(&p);
}

/* A device that the process has mapped as code: opened neither by its path nor through the mapping. */
static void test_mapped_device(void **state)
{
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	struct place p;
	void *mapped;
	int fd, watched;

	make_place(&p, "zero");
	fd = mknod(p.path, S_IFCHR | 0600, makedev(1, 5)) ? -1 : open(p.path, O_RDONLY | O_CLOEXEC);
	mapped = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (mapped == MAP_FAILED) {
		printf("SKIP: this user cannot make devices here\n");
		unlink(p.path);
		rmdir(p.folder);
		skip();
	}
	watched = watch(p.path);
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &s), 0);
	assert_int_equal(bcc_symbols_resolve(s, (uintptr_t)mapped, &info), -ENOENT);
	assert_string_equal(info.module, p.path);
	assert_false(was_opened(watched));
	bcc_symbols_close(s);
	munmap(mapped, 4096);
	close(fd);
	close(watched);
	remove_place(&p);
}

/* ---- why a process cannot be looked at ---- */

static pid_t fork_sleeping(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child)
		for (;;)
			pause();
	return child;
}

/* What each way to a process says. */
static void expect_fails(pid_t pid, int code, const char *sentence)
{
	struct bcc_err err = {0};
	struct bcc_binary binary;
	struct bcc_symbols *s;
	struct bcc_usdt_list *u;
	int ret = bcc_symbols_open_process(pid, NULL, &s);

	if (ret != code || !strstr(bcc_symbols_error(s), sentence))
		fail_msg("symbols: %d (%s) instead of %d (%s)", ret, bcc_symbols_error(s), code, sentence);
	bcc_symbols_close(s);
	ret = bcc_usdt_list_open(NULL, pid, &u);
	if (ret != code || !strstr(bcc_usdt_list_error(u), sentence))
		fail_msg("usdt: %d (%s) instead of %d (%s)", ret, bcc_usdt_list_error(u), code, sentence);
	bcc_usdt_list_close(u);
	ret = bcc_binary_open(&err, "/proc/self/exe", pid, &binary);
	if (ret == 0)
		bcc_binary_close(&binary);
	else if (!strstr(err.text, sentence))
		fail_msg("binary: %d (%s)", ret, err.text);
	bcc_err_clear(&err);
	assert_int_equal(bcc_fail_process(&err, pid, -ESRCH), code == -EMFILE ? -ESRCH : code);
	bcc_err_clear(&err);
}

static void test_process_ended(void **state)
{
	pid_t child = fork_sleeping();

	kill(child, SIGKILL);
	assert_int_equal(waitid(P_PID, child, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
	expect_fails(child, -ESRCH, "zombie");
	assert_int_equal(waitpid(child, NULL, 0), child);
	expect_fails(child, -ESRCH, "no process");
}

static void test_no_descriptors(void **state)
{
	struct rlimit before, none;
	pid_t child = fork_sleeping();

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){0, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	expect_fails(child, -EMFILE, "ulimit -n");
	expect_fails(getpid(), -EMFILE, "ulimit -n");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* Another user's process, where /proc shows each user only their own; and without /proc. */
static void look_from_namespace(pid_t pid)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("proc", "/proc", "proc", 0, "hidepid=2") || setgroups(0, NULL) ||
		setresgid(12345, 12345, 12345) || setresuid(12345, 12345, 12345))
		_exit(77);
	expect_fails(pid, -EACCES, "hidepid");
	_exit(0);
}

static void look_without_proc(pid_t pid)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", "/proc", "tmpfs", 0, NULL))
		_exit(77);
	expect_fails(pid, -ENOENT, "no proc file system");
	_exit(0);
}

static void test_hidden(void **state)
{
	static void (*const looks[])(pid_t pid) = {look_from_namespace, look_without_proc};
	pid_t parent = getpid();

	for (size_t i = 0; i < 2; i++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (!child)
			looks[i](parent);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
			printf("SKIP: another /proc takes mount namespaces\n");
			skip();
		}
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_regular),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_perf_map),
		cmocka_unit_test(test_mapped_device),
		cmocka_unit_test(test_process_ended),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
