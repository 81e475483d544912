/* SPDX-License-Identifier: Apache-2.0 */
/* Where compiling is difficult: little memory, few descriptors, no files, other roots and users, no
 * permission to start processes. Each case works or reports why not. */
#include "compiler_child.h"

#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "common/array.h"

static char why[8192];

static const char *what_fails_in(const char *text)
{
	struct bcc *b;
	int ret = bcc_open_text(text, NULL, &b);

	snprintf(why, sizeof(why), "%d: %s", ret, bcc_error(b));
	bcc_close(b);
	return ret ? why : NULL;
}

static const char *what_fails(void)
{
	return what_fails_in(SMALL_TEXT);
}

/* Opens the text: succeeds, or fails with a message and without a crash. */
static const char *says_nothing(int *ret)
{
	struct bcc *b;

	*ret = bcc_open_text(SMALL_TEXT, NULL, &b);
	snprintf(why, sizeof(why), "%d: %s", *ret, bcc_error(b));
	bcc_close(b);
	return *ret && strlen(why) < 20 ? why : NULL;
}

/* ---- limits of the caller ---- */

/* 0: it works; 1: it fails with a message; otherwise the test fails. */
static int outcome_with_limit(int which, rlim_t value, const char *part)
{
	pid_t child = fork();
	int status, ret;

	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit lower = {value, value};
		const char *wrong;

		if (setrlimit(which, &lower))
			_exit(3);
		wrong = says_nothing(&ret);
		if (ret && !wrong && !strstr(why, part))
			wrong = why;
		if (wrong)
			dprintf(STDERR_FILENO, "with limit %d of %lu: %s\n", which, (unsigned long)value,
				wrong);
		_exit(wrong ? 2 : ret != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_address_space(void **state)
{
	bool works = false;

	not_with_sanitizers("address space cannot be limited");
	for (rlim_t mb = 16; mb <= 1024; mb *= 2) {
		int outcome = outcome_with_limit(RLIMIT_AS, mb << 20, "ulimit -v");

		if (outcome > 1)
			fail_msg("%lu MB", (unsigned long)mb);
		works = outcome == 0;
	}
	assert_true(works);
}

static void test_descriptors(void **state)
{
	bool works = false;

	for (rlim_t count = 3; count <= 32; count++) {
		int outcome = outcome_with_limit(RLIMIT_NOFILE, count, "");

		if (outcome > 1)
			fail_msg("%lu descriptors", (unsigned long)count);
		works = outcome == 0;
	}
	assert_true(works);
}

/* With the cache enabled: it cannot be written, which must not matter. */
static const char *with_no_file_size(void)
{
	const struct rlimit none = {0, 0};
	char folder[] = "/tmp/bcc-child-XXXXXX";
	const char *wrong;

	if (!mkdtemp(folder) || setrlimit(RLIMIT_FSIZE, &none))
		return "the test cannot begin";
	setenv("BCC_CACHE", "1", 1);
	setenv("BCC_CACHE_DIR", folder, 1);
	wrong = what_fails();
	if (rmdir(folder) && !wrong)
		wrong = "something is left in the cache";
	return wrong;
}

static const char *with_small_stack(void)
{
	const struct rlimit small = {256 << 10, 256 << 10};

	return setrlimit(RLIMIT_STACK, &small) ? "the test cannot begin" : what_fails();
}

static const char *with_no_processes(void)
{
	const struct rlimit none = {0, 0};
	int ret;

	if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534) ||
		setrlimit(RLIMIT_NPROC, &none))
		return "the test cannot begin";
	if (says_nothing(&ret))
		return why;
	return ret == -EAGAIN && strstr(why, "ulimit -u") ? NULL : why;
}

/* ---- a cache that cannot be used: this only costs time ---- */

static const char *with_cache(const char *folder)
{
	setenv("BCC_CACHE", "1", 1);
	setenv("BCC_CACHE_DIR", folder, 1);
	if (what_fails())
		return why;
	return what_fails();
}

/* Otherwise the cases below would pass without a cache too. */
static const char *with_usable_cache(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", "/tmp", "tmpfs", 0, NULL) || mkdir("/tmp/cache", 0700))
		return "the test cannot begin";
	if (with_cache("/tmp/cache"))
		return why;
	return rmdir("/tmp/cache") && errno == ENOTEMPTY ? NULL : "nothing is kept in the cache";
}

/* A private /tmp, as small and as full as a file system can be. */
static const char *with_full_disk(void)
{
	char block[4096] = "";
	int fd;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", "/tmp", "tmpfs", 0, "size=64k") || mkdir("/tmp/cache", 0700))
		return "the test cannot begin";
	fd = open("/tmp/fill", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, block, sizeof(block)) > 0)
		;
	if (fd < 0 || errno != ENOSPC || close(fd))
		return "the test cannot fill the disk";
	if (with_cache("/tmp/cache"))
		return why;
	return rmdir("/tmp/cache") ? "something is left in the cache" : NULL;
}

static const char *with_read_only_cache(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", "/tmp", "tmpfs", MS_RDONLY, NULL))
		return "the test cannot begin";
	return with_cache("/tmp");
}

static const char *with_cache_that_is_a_file(void)
{
	return with_cache("/dev/null");
}

static const char *with_cache_of_another(void)
{
	char folder[] = "/tmp/bcc-child-XXXXXX";
	const char *wrong;

	if (!mkdtemp(folder) || chown(folder, 65534, 65534))
		return "the test cannot begin";
	wrong = with_cache(folder);
	if (rmdir(folder) && !wrong)
		wrong = "something is left in another user's folder";
	return wrong;
}

static void test_caches(void **state)
{
	if (geteuid() != 0)
		test_missing("mounting needs root");
	in_child(with_usable_cache);
	in_child(with_full_disk);
	in_child(with_read_only_cache);
	in_child(with_cache_that_is_a_file);
	in_child(with_cache_of_another);
}

static void test_other_limits(void **state)
{
	in_child(with_no_file_size);
	in_child(with_small_stack);
	in_child(with_no_processes);
}

/* ---- other roots and users ---- */

static char root[] = "/tmp/bcc-root-XXXXXX";

static const char *in_empty_root(void)
{
	return chroot(root) || chdir("/") ? "the test cannot begin" : what_fails();
}

/* Kernel types for a text that includes headers of that root too. */
static const char *with_header_of_root(void)
{
	static const char text[] =
		"#include </only_here.h>\n"
		"int f(void *ctx) { return ((struct task_struct *)bpf_get_current_task())->pid + ONLY_HERE; }\n";
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/only_here.h", root);
	file = fopen(path, "we");
	if (!file || fputs("#define ONLY_HERE 1\n", file) < 0 || fclose(file) || chroot(root) || chdir("/"))
		return "the test cannot begin";
	return what_fails_in(text);
}

static void test_roots(void **state)
{
	char path[64];

	not_with_sanitizers("the compiler is not static");
	if (geteuid() != 0)
		test_missing("chroot() needs root");
	assert_non_null(mkdtemp(root));
	in_child(in_empty_root);
	in_child(with_header_of_root);
	snprintf(path, sizeof(path), "%s/only_here.h", root);
	unlink(path);
	assert_int_equal(rmdir(root), 0);
}

static const char *without_proc_and_tmp(void)
{
	static const char *const places[] = {"/proc", "/tmp", "/dev"};

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return "the test cannot begin";
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (mount("tmpfs", places[i], "tmpfs", 0, NULL))
			return "the test cannot hide a folder";
	return what_fails();
}

/* A text with kernel types says what it lacks; one without needs none. */
static const char *without_sys(void)
{
	static const char text[] =
		"#include <linux/sched.h>\n"
		"int f(void *ctx) { return ((struct task_struct *)bpf_get_current_task())->pid; }\n";
	const char *wrong;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", "/sys", "tmpfs", 0, NULL))
		return "the test cannot begin";
	if (what_fails())
		return why;
	wrong = what_fails_in(text);
	return !wrong || strstr(wrong, "BTF") ? NULL : wrong;
}

static void test_mounts(void **state)
{
	in_child(without_sys);
	in_child(without_proc_and_tmp);
}

/* A set-user-ID program's user. */
static const char *of_set_user_id(void)
{
	return setresuid(65534, 0, 0) ? "the test cannot begin" : what_fails();
}

/* The compiler would be the first process of another PID namespace. */
static const char *in_pid_namespace(void)
{
	return unshare(CLONE_NEWPID) ? "the test cannot begin" : what_fails();
}

static void test_users(void **state)
{
	if (geteuid() != 0)
		test_missing("changing the user needs root");
	in_child(of_set_user_id);
	in_child(in_pid_namespace);
}

/* ---- no permission to start processes ---- */

static const char *forbid(int call)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = {ARRAY_SIZE(insns), insns};
	struct bcc *b;
	int ret;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		return "the test cannot begin";
	if (says_nothing(&ret))
		return why;
	if (ret != -EPERM || !strstr(why, "BCC_COMPILER=inprocess"))
		return why;
	/* which it then does */
	ret = bcc_open_text(
		SMALL_TEXT, &BCC_OPTS(struct bcc_open_opts, .compiler = BCC_COMPILER_INPROCESS), &b);
	snprintf(why, sizeof(why), "in process: %d: %s", ret, bcc_error(b));
	bcc_close(b);
	return ret ? why : NULL;
}

static const char *without_exec(void)
{
	return forbid(SYS_execveat);
}

/* Everything that a caller may lack and does not need. */
static const char *without_pidfds(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_send_signal, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = {ARRAY_SIZE(insns), insns};
	char *text = slow_text();
	struct bcc *b;
	int ret;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		return "the test cannot begin";
	ret = bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .time_limit = 200), &b);
	if (ret != -ETIMEDOUT)
		return bcc_error(b);
	return what_fails();
}

static void test_system_calls_forbidden(void **state)
{
	in_child(without_exec);
	in_child(without_pidfds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_space),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_caches),
		cmocka_unit_test(test_other_limits),
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_system_calls_forbidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
