/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler's process can still do once it handles a text. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "compiler/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_FILTER false
#else
#define HAS_FILTER true
#endif

static char path[] = "/tmp/bcc-sandbox-XXXXXX";

/* Each is tried in the sandbox, and must fail. */
static bool writes(void)
{
	return open(path, O_WRONLY) >= 0;
}

static bool creates(void)
{
	return open("/tmp/bcc-sandbox-new", O_RDONLY | O_CREAT, 0600) >= 0;
}

static bool truncates(void)
{
	return truncate(path, 0) == 0 || open(path, O_RDONLY | O_TRUNC) >= 0;
}

static bool makes_unnamed(void)
{
	return open("/tmp", O_RDWR | O_TMPFILE, 0600) >= 0;
}

static bool removes(void)
{
	return unlink(path) == 0 || rename(path, "/tmp/bcc-sandbox-new") == 0;
}

static bool makes_folders(void)
{
	return mkdir("/tmp/bcc-sandbox-new", 0700) == 0;
}

static bool changes_mode(void)
{
	return chmod(path, 0777) == 0;
}

static bool runs(void)
{
	char *argv[] = {"true", NULL};

	execv("/bin/true", argv);
	return false; /* noticed by the status: it would have ended with 0 */
}

static bool forks(void)
{
	return fork() >= 0;
}

static bool connects(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool calls_bpf(void)
{
	return syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM;
}

static bool mounts(void)
{
	return mount("tmpfs", "/mnt", "tmpfs", 0, NULL) == 0;
}

static bool signals_parent(void)
{
	return kill(getppid(), 0) == 0 || syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}

static bool traces_parent(void)
{
	return ptrace(PTRACE_SEIZE, getppid(), 0, 0) == 0;
}

static bool reads_parent(void)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {&path, 1};

	return syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1, 0) == 1;
}

static bool makes_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED;
}

static bool can_be_dumped(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

static bool asks_old_ways(void)
{
#if defined(__x86_64__)
	long ret;

	/* x32's getpid() */
	__asm__ volatile("syscall" : "=a"(ret) : "a"(0x40000000L + SYS_getpid) : "rcx", "r11", "memory");
	return ret >= 0;
#else
	return false;
#endif
}

static void expect_forbidden(const char *what, bool (*can)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		bcc_sandbox_enter();
		_exit(can() ? 3 : 7);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
		fail_msg("the sandbox lets a process: %s (status %#x)", what, status);
}

#define forbidden(can) expect_forbidden(#can, can)

static void test_forbidden(void **state)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	if (!HAS_FILTER) {
		printf("SKIP: with sanitizers there is no filter of system calls\n");
		skip();
	}
	forbidden(writes);
	forbidden(creates);
	forbidden(truncates);
	forbidden(makes_unnamed);
	forbidden(removes);
	forbidden(makes_folders);
	forbidden(changes_mode);
	forbidden(runs);
	forbidden(forks);
	forbidden(connects);
	forbidden(calls_bpf);
	forbidden(mounts);
	forbidden(signals_parent);
	forbidden(traces_parent);
	forbidden(reads_parent);
	forbidden(makes_code);
	forbidden(can_be_dumped);
	forbidden(asks_old_ways);
	close(fd);
	assert_int_equal(unlink(path), 0);
}

/* What it needs to do its work. */
static void test_allowed(void **state)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		char buf[16], *memory;
		int fd;

		bcc_sandbox_enter();
		fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
		if (fd < 0 || read(fd, buf, 4) != 4 || memcmp(buf, "\177ELF", 4) != 0 || close(fd))
			_exit(1);
		memory = malloc(64 << 20);
		if (!memory)
			_exit(2);
		memset(memory, 1, 64 << 20);
		free(memory);
		_exit(7);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 7 << 8);
}

/* A crash ends the process by its signal. */
static void test_abort(void **state)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		bcc_sandbox_enter();
		abort();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
