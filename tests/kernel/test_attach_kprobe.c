/* SPDX-License-Identifier: Apache-2.0 */
/* kprobes and kretprobes at system calls that this process makes, with known arguments and results. */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <time.h>

#include "common/array.h"
#include "kernel_symbols.h"
#include "testlib.h"

#define CALLS 137

static const char text[] =
	"#include <uapi/linux/ptrace.h>\n"
	"BPF_ARRAY(counts, u64, 8);\n"
	"static inline void count(int slot, u64 amount)\n"
	"{\n"
	"	u64 *v = counts.lookup(&slot);\n"
	"	if (v && bpf_get_current_pid_tgid() >> 32 == PID)\n"
	"		__sync_fetch_and_add(v, amount);\n"
	"}\n"
	"int kprobe__sys_getppid(void *ctx) { count(0, 1); return 0; }\n"
	"int kretprobe__sys_getppid(struct pt_regs *ctx) { count(1, 1); count(2, PT_REGS_RC(ctx)); return 0; }\n"
	"int entry(struct pt_regs *ctx) { count(3, 1); return 0; }\n"
	/* arguments without the system call's own pt_regs */
	"int on_fcntl(struct pt_regs *ctx, struct file *file, unsigned int cmd, unsigned long arg)\n"
	"{ count(4, 1); count(5, arg); return 0; }\n"
	"int on_return(struct pt_regs *ctx) { count(6, 1); return 0; }\n"
	"int on_return_wide(struct pt_regs *ctx) { count(7, 1); return 0; }\n";

static char said[1024];

static void keep(void *ctx, enum bcc_log_level level, const char *line)
{
	if (level == BCC_LOG_WARN)
		strncat(said, line, sizeof(said) - strlen(said) - 1);
}

static struct bcc *open_text(void)
{
	if (!have_kprobes())
		test_missing("this kernel has no kprobes");
	return open_test_text(text, NULL);
}

/* With its warnings in `said`. */
static struct bcc *open_keeping(void)
{
	char pid[32];
	const char *cflags = pid;
	struct bcc *b;

	said[0] = '\0';
	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	expect_ok(
		b, bcc_open_text(text,
			   &BCC_OPTS(struct bcc_open_opts, .cflags = &cflags, .cflags_count = 1, .log = keep),
			   &b));
	return b;
}

static void call_getppid(void)
{
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
}

static void test_all_by_name(void **state)
{
	struct bcc *b = open_text();
	pid_t parent = getppid();

	expect_return(b, bcc_attach_all(b), 2);
	call_getppid();
	assert_int_equal(table_u64(b, "counts", 0), CALLS);
	assert_int_equal(table_u64(b, "counts", 1), CALLS);
	assert_int_equal(table_u64(b, "counts", 2), (uint64_t)CALLS * parent);
	bcc_close(b);
}

static void test_arguments(void **state)
{
	struct bcc *b = open_text();
	FILE *file = tmpfile();
	struct bcc_link *link;

	expect_ok(b, bcc_attach_kprobe(b, "on_fcntl", "security_file_fcntl", NULL, &link));
	for (int i = 1; i <= CALLS; i++)
		fcntl(fileno(file), F_GETFD, i);
	bcc_detach(link);
	fcntl(fileno(file), F_GETFD, 1);
	assert_int_equal(table_u64(b, "counts", 4), CALLS);
	assert_int_equal(table_u64(b, "counts", 5), CALLS * (CALLS + 1) / 2);
	fclose(file);
	bcc_close(b);
}

/* A name of a system call's function works, whatever the function is called on this machine. */
static void test_system_call_names(void **state)
{
	static const char *const names[] = {"sys_getppid", "__x64_sys_getppid", "__arm64_sys_getppid"};
	struct bcc *b = open_text();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct bcc_link *link;

		expect_ok(b, bcc_attach_kprobe(b, "entry", names[i], NULL, &link));
		call_getppid();
		assert_int_equal(table_u64(b, "counts", 3), (i + 1) * CALLS);
		bcc_detach(link);
	}
	bcc_close(b);
}

static void test_offset(void **state)
{
	struct bcc *b = open_text();
	struct bcc_kprobe_opts opts = BCC_OPTS(struct bcc_kprobe_opts, .offset = 1000000);
	int inside = 0;

	expect_return(b, bcc_attach_kprobe(b, "entry", "vfs_read", &opts, NULL), -EINVAL);
	expect_sentence(b, "past its end");
	/* instructions depend on the compiler: some of the first 16 offsets begin one, and some do not */
	for (opts.offset = 1; opts.offset < 16; opts.offset++) {
		int err = bcc_attach_kprobe(b, "entry", "vfs_read", &opts, NULL);

		assert_true(!err || err == -EINVAL);
		inside += err != 0;
	}
	assert_in_range(inside, 1, 14);
	bcc_close(b);
}

static void *sleep_until_woken(void *arg)
{
	struct timespec hour = {3600, 0};

	nanosleep(&hour, NULL);
	return NULL;
}

static void wake(int signal)
{
}

/* Number of threads that are in hrtimer_nanosleep() at once: all have entered before the first may leave.
 * Slot 3 counts those that enter. */
static void sleep_together(struct bcc *b, uint64_t count)
{
	struct sigaction action = {.sa_handler = wake}, old;
	struct bcc_link *link;
	pthread_t threads[128];

	sigaction(SIGUSR1, &action, &old);
	expect_ok(b, bcc_attach_kprobe(b, "entry", "hrtimer_nanosleep", NULL, &link));
	set_table_u64(b, "counts", 3, 0);
	for (uint64_t i = 0; i < count; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sleep_until_woken, NULL), 0);
	for (int tries = 0; tries < 6000 && table_u64(b, "counts", 3) < count; tries++)
		poll(NULL, 0, 10);
	assert_int_equal(table_u64(b, "counts", 3), count);
	for (uint64_t i = 0; i < count; i++)
		pthread_kill(threads[i], SIGUSR1);
	for (uint64_t i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	bcc_detach(link);
	sigaction(SIGUSR1, &old, NULL);
}

/* The kernel's own limit is max(10, 2 * CPUs) concurrent calls; with maxactive none of 64 is missed. If the
 * kernel has no fprobes (Debian's 6.1), a warning says that maxactive is not available. */
static void test_maxactive(void **state)
{
	struct bcc_kprobe_opts opts = BCC_OPTS(struct bcc_kprobe_opts, .retprobe = true);
	struct bcc *b = open_text(), *warned;
	struct bcc_link *link;
	uint64_t missed;

	if (sysconf(_SC_NPROCESSORS_CONF) > 16)
		test_too_old("with this many CPUs an ordinary kretprobe follows 64 concurrent calls");
	expect_ok(b, bcc_attach_kprobe(b, "on_return", "hrtimer_nanosleep", &opts, &link));
	sleep_together(b, 64);
	assert_in_range(table_u64(b, "counts", 6), 10, 63);
	/* others sleep too */
	expect_ok(b, bcc_missed(b, &missed));
	if (test_kernel_is_at_least(6, 7))
		assert_in_range(missed, 64 - table_u64(b, "counts", 6), UINT32_MAX);
	else
		assert_int_equal(missed, 0);
	bcc_detach(link);
	expect_ok(b, bcc_missed(b, &missed));
	assert_int_equal(missed, 0);
	expect_return(b, bcc_missed(b, NULL), -EINVAL);
	bcc_close(b);

	warned = open_keeping();
	opts.maxactive = 64;
	expect_ok(warned, bcc_attach_kprobe(warned, "on_return_wide", "hrtimer_nanosleep", &opts, &link));
	sleep_together(warned, 64);
	if (*said)
		assert_non_null(strstr(said, "maxactive 64 is not available"));
	else
		assert_int_equal(table_u64(warned, "counts", 7), 64);
	/* the program can be used without the number as well */
	opts.maxactive = 0;
	bcc_detach(link);
	set_table_u64(warned, "counts", 7, 0);
	expect_ok(warned, bcc_attach_kprobe(warned, "on_return_wide", "sys_getppid", &opts, NULL));
	call_getppid();
	assert_int_equal(table_u64(warned, "counts", 7), CALLS);
	bcc_close(warned);
}

static void test_bad_input(void **state)
{
	struct bcc *b = open_text();
	struct bcc_kprobe_opts opts = BCC_OPTS(struct bcc_kprobe_opts, .retprobe = true, .offset = 4);

	expect_return(b, bcc_attach_kprobe(b, "entry", "vfs_raed", NULL, NULL), -ENOENT);
	expect_sentence(b, "no function vfs_raed");
	expect_sentence(b, "vfs_read");
	expect_return(b, bcc_attach_kprobe(b, "entry", "sys_no_such_call", NULL, NULL), -ENOENT);
	expect_return(b, bcc_attach_kprobe(b, "entry", "jiffies_64", NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_kprobe(b, "entry", "kprobe_dispatcher", NULL, NULL), -EINVAL);
	expect_sentence(b, "kprobe_dispatcher");
	expect_return(b, bcc_attach_kprobe(b, "entry", "vfs_read", &opts, NULL), -EINVAL);
	expect_return(b, bcc_attach_kprobe(b, "entry", NULL, NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_kprobe(b, "entry", "", NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_kprobe(b, "absent", "vfs_read", NULL, NULL), -ENOENT);
	opts = BCC_OPTS(struct bcc_kprobe_opts, .retprobe = true, .maxactive = -1);
	expect_return(b, bcc_attach_kprobe(b, "entry", "vfs_read", &opts, NULL), -EINVAL);
	bcc_close(b);
}

/* Hiding the event sources makes any kernel look like one without kprobes, for this process alone: they must
 * be hidden before the library has looked at them, because it remembers them. */
static void test_kernel_without_kprobes(void **state)
{
	static const char sources[] = "/sys/bus/event_source/devices";
	struct bcc *b = open_test_text(text, NULL);

	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("none", sources, "tmpfs", 0, NULL), 0);
	expect_return(b, bcc_attach_kprobe(b, "entry", "vfs_read", NULL, NULL), -EOPNOTSUPP);
	expect_sentence(b, "CONFIG_KPROBES");
	expect_sentence(b, "tracepoints");
	expect_return(b, bcc_attach_all(b), -EOPNOTSUPP);
	expect_return(b,
		bcc_attach_uprobe(b, "entry", "/proc/self/exe",
			&BCC_OPTS(struct bcc_uprobe_opts, .symbol = "main"), NULL),
		-EOPNOTSUPP);
	expect_sentence(b, "CONFIG_UPROBES");
	assert_int_equal(umount(sources), 0);
	bcc_close(b);
}

static void test_syscall_function(void **state)
{
	struct bcc *b = open_test_text("int unused(void *ctx) { return 0; }", NULL);
	char name[64], expected[80];

	expect_ok(b, bcc_syscall_function(b, "clone", name, sizeof(name)));
	assert_non_null(strstr(name, "sys_clone"));
	assert_true(kernel_has(name));
	strcpy(expected, name);
	expect_ok(b, bcc_syscall_function(b, "sys_clone", name, sizeof(name)));
	assert_string_equal(name, expected);
	expect_return(b, bcc_syscall_function(b, "opnat", name, sizeof(name)), -ENOENT);
	expect_sentence(b, "did you mean openat");
	expect_return(b, bcc_syscall_function(b, "clone", name, 5), -ENOSPC);
	expect_return(b, bcc_syscall_function(b, NULL, name, sizeof(name)), -EINVAL);
	bcc_close(b);
}

/* The kernels that these tests know have this function under the name that the compiler gave a variant of it:
 * finish_task_switch.isra.0. It is called when this process runs again after it slept. */
static void test_variant(void **state)
{
	struct bcc *b;
	struct bcc_link *link;

	if (!have_kprobes())
		test_missing("this kernel has no kprobes");
	b = open_keeping();
	expect_ok(b, bcc_attach_kprobe(b, "entry", "finish_task_switch", NULL, &link));
	assert_non_null(strstr(said,
		"no finish_task_switch to probe: probing finish_task_switch.isra.0 instead, which the "
		"compiler may have given fewer arguments\n"));
	for (int i = 0; i < 10000 && !table_u64(b, "counts", 3); i++)
		usleep(1000);
	assert_true(table_u64(b, "counts", 3) > 0);
	/* an offset is one into the code of the function that is named */
	expect_return(b,
		bcc_attach_kprobe(b, "entry", "finish_task_switch",
			&BCC_OPTS(struct bcc_kprobe_opts, .offset = 1), &link),
		-ENOENT);
	expect_sentence(b, "finish_task_switch.isra.0");
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel_without_kprobes),
		cmocka_unit_test(test_all_by_name),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_system_call_names),
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_variant),
		cmocka_unit_test(test_maxactive),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_syscall_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
