/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that may have little: each call works, or names the limit or the capability that it met. */
#include "testlib.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <bcc/cache.h>

static const char text[] = "BPF_HASH(h, u32, u64);\n"
			   "BPF_PERF_OUTPUT(e);\n"
			   "int f(struct bpf_perf_event_data *ctx) { u32 k = 1; h.increment(k);\n"
			   "	e.perf_submit(ctx, &k, sizeof(k)); return 0; }\n"
			   "int g(void *ctx) { return 0; }\n"
			   "int u(struct pt_regs *ctx) { return 0; }\n";

static char why[8192];

static int limits_ignore_event(void *ctx, int cpu, const void *data, size_t size)
{
	return 0;
}

static bool limits_have_uprobes(void)
{
	return access("/sys/bus/event_source/devices/uprobe", F_OK) == 0;
}

enum { STEPS = 5 };

static int limits_step(struct bcc *b, int step)
{
	switch (step) {
	case 0:
		return bcc_attach_raw_tracepoint(b, "g", "sched_process_exit", NULL);
	case 1:
		return bcc_attach_perf_event(b, "f",
			&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
				.config = PERF_COUNT_SW_CONTEXT_SWITCHES, .sample_period = 1, .pid = getpid(),
				.cpu = -1),
			NULL);
	case 2:
		return bcc_open_perf(b, "e", limits_ignore_event, NULL, NULL);
	case 3:
		if (!limits_have_uprobes())
			return 0;
		return bcc_attach_uprobe(b, "u", "c",
			&BCC_OPTS(struct bcc_uprobe_opts, .symbol = "getpgid", .pid = getpid()), NULL);
	default:
		return bcc_poll(b, 0);
	}
}

/* Returns 0; or the error of the first step that fails, with its message in `why`. */
static int limits_use(void)
{
	struct bcc *b;
	int ret = bcc_open_text(text, NULL, &b);

	for (int step = 0; ret >= 0 && step < STEPS; step++)
		ret = limits_step(b, step);
	snprintf(why, sizeof(why), "%d: %s", ret, bcc_error(b));
	bcc_close(b);
	return ret < 0 ? ret : 0;
}

/* 0: it works; 1: an error with `code` that says `part`; otherwise the test fails. */
static int limits_outcome(bool (*prepare)(long value), long value, int code, const char *part)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int ret = prepare(value) ? limits_use() : -EIO;

		if (!ret)
			_exit(0);
		if (ret == code && strstr(why, part))
			_exit(1);
		dprintf(STDERR_FILENO, "with %ld: %s\n", value, why);
		_exit(2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		fail_msg("with %ld: status %#x", value, status);
	return WEXITSTATUS(status);
}

/* ---- limits ---- */

static bool limits_set(int which, long value)
{
	const struct rlimit limit = {value, value};

	return setrlimit(which, &limit) == 0;
}

static bool limits_set_for_compiler(int which, long value)
{
	return setenv("BCC_CACHE", "0", 1) == 0 && limits_set(which, value);
}

static bool limits_few_descriptors(long count)
{
	return limits_set_for_compiler(RLIMIT_NOFILE, count);
}

static void test_descriptors(void **state)
{
	/* emulated machines need a second for each */
	int outcome = 1, step = getenv("BCC_TEST_NO_SKIP") ? 5 : 1;
	long count;

	/* everything in between fails at another place */
	for (count = 3; count < 256 && outcome; count += count < 40 ? step : 20)
		outcome = limits_outcome(limits_few_descriptors, count, -EMFILE, "ulimit -n");
	assert_int_equal(outcome, 0);
	assert_true(count > 10);
}

static bool limits_no_file_size(long value)
{
	signal(SIGXFSZ, SIG_DFL);
	return limits_set_for_compiler(RLIMIT_FSIZE, value);
}

/* the sanitizer's own memory is beyond any limit */
#if !defined(__SANITIZE_ADDRESS__)
static bool limits_little_memory(long value)
{
	return limits_set_for_compiler(RLIMIT_DATA, value);
}
#endif

static bool limits_no_locked_memory(long value)
{
	return limits_set(RLIMIT_MEMLOCK, value);
}

static void test_files_and_memory(void **state)
{
	assert_int_equal(limits_outcome(limits_no_file_size, 0, 0, ""), 0);
	/* that root may raise again, before Linux 5.11 */
	assert_int_equal(limits_outcome(limits_no_locked_memory, 0, 0, ""), 0);
#if !defined(__SANITIZE_ADDRESS__)
	assert_int_equal(limits_outcome(limits_little_memory, 1 << 20, -ENOMEM, "ulimit -d"), 1);
#endif
}

/* ---- places and signals ---- */

static bool limits_without_folder(long value)
{
	unsetenv("HOME");
	unsetenv("PATH");
	return value ? setenv("TMPDIR", "/nonexistent", 1) == 0 : unsetenv("TMPDIR") == 0;
}

static bool limits_pipe_signal(long ignored)
{
	return signal(SIGPIPE, ignored ? SIG_IGN : SIG_DFL) != SIG_ERR;
}

static void test_environment(void **state)
{
	assert_int_equal(limits_outcome(limits_without_folder, 0, 0, ""), 0);
	assert_int_equal(limits_outcome(limits_without_folder, 1, 0, ""), 0);
	assert_int_equal(limits_outcome(limits_pipe_signal, 0, 0, ""), 0);
	assert_int_equal(limits_outcome(limits_pipe_signal, 1, 0, ""), 0);
}

/* ---- capabilities ---- */

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

static bool limits_keep(uint64_t kept)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {
		{.effective = kept, .permitted = kept}, {.effective = kept >> 32, .permitted = kept >> 32}};

	return syscall(SYS_capset, &header, data) == 0;
}

static bool limits_keep_one(long capability)
{
	return limits_keep(capability < 0 ? 0 : 1ull << capability);
}

/* All that libbpf-based programs are told to have. */
static bool limits_keep_both(long other)
{
	return limits_keep(1ull << CAP_BPF | 1ull << CAP_PERFMON);
}

static bool limits_other_user(long processes)
{
	return setgroups(0, NULL) == 0 && setresgid(65534, 65534, 65534) == 0 &&
	       setresuid(65534, 65534, 65534) == 0 && (processes < 0 || limits_set(RLIMIT_NPROC, processes));
}

static void test_capabilities(void **state)
{
	assert_int_equal(limits_outcome(limits_keep_one, -1, -EPERM,
				 "\n  this process (user 0) lacks CAP_BPF CAP_PERFMON"),
		1);
	assert_int_equal(limits_outcome(limits_keep_one, CAP_BPF, -EPERM,
				 "\n  this process (user 0) lacks CAP_PERFMON"),
		1);
	assert_int_equal(limits_outcome(limits_keep_one, CAP_PERFMON, -EPERM,
				 "\n  this process (user 0) lacks CAP_BPF"),
		1);
	limits_outcome(limits_keep_both, 0, -EPERM, "has CAP_BPF and CAP_PERFMON, but not CAP_SYS_ADMIN");
	assert_int_equal(limits_outcome(limits_other_user, -1, -EPERM, "lacks CAP_BPF CAP_PERFMON"), 1);
}

static void test_processes(void **state)
{
	assert_int_equal(limits_outcome(limits_other_user, 0, -EAGAIN, "ulimit -u"), 1);
	assert_int_equal(limits_outcome(limits_other_user, 1, -EAGAIN, "ulimit -u"), 1);
}

static char cache[] = "/tmp/bcc-limits-XXXXXX";

/* What is not about compiling takes the text from a cache of its own. */
static int limits_setup(void **state)
{
	if (!mkdtemp(cache))
		return -1;
	setenv("BCC_CACHE", "1", 1);
	setenv("BCC_CACHE_DIR", cache, 1);
	return 0;
}

static int limits_teardown(void **state)
{
	bcc_cache_clear();
	return rmdir(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_files_and_memory),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_processes),
	};

	if (geteuid() != 0) {
		printf("SKIP: BPF needs root here\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, limits_setup, limits_teardown);
}
