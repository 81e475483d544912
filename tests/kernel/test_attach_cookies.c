/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies: one program, attached several times with a value of each, counts its runs by that value. */
#include <bcc/usdt.h>

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/mman.h>

#include "static_probe.h"
#include "testlib.h"

#define OWN_PROGRAM "/proc/self/exe"
/* in the upper half too */
#define FIRST 0x1234567800000001ULL
#define SECOND 0xfedcba9800000002ULL

static const char text[] =
	"BPF_HASH(seen, u64, u64);\n"
	"static inline int count(void *ctx)\n"
	"{\n"
	"	if (bpf_get_current_pid_tgid() >> 32 == PID)\n"
	"		seen.increment(bpf_get_attach_cookie(ctx));\n"
	"	return 0;\n"
	"}\n"
	"int probe(struct pt_regs *ctx) { return count(ctx); }\n"
	"int traced(struct trace_entry *ctx) { return count(ctx); }\n"
	"int sampled(struct bpf_perf_event_data *ctx) { return count(ctx); }\n"
	"SEC(\"raw_tp\") int raw(struct bpf_raw_tracepoint_args *ctx) { return count(ctx); }\n"
	"SEC(\"tp_btf/sys_enter\") int BPF_PROG(typed) { return count(ctx); }\n"
	"SEC(\"fentry/vfs_read\") int BPF_PROG(entry) { return count(ctx); }\n"
	"SEC(\"lsm/file_open\") int BPF_PROG(hook) { return count(ctx); }\n";

__attribute__((noinline, used)) static int bcc_cookie_one(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

__attribute__((noinline, used)) static int bcc_cookie_two(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

__attribute__((noinline)) static void fire(void)
{
	__asm__ volatile(STATIC_PROBE("bcc_cookie", "fired", "0", "-4@$7"));
}

static uint64_t seen(struct bcc *b, uint64_t cookie)
{
	uint64_t count = 0;

	bcc_table_get(bcc_table_find(b, "seen"), &cookie, sizeof(cookie), &count, sizeof(count));
	return count;
}

static void set_cookie(struct bcc *b, const char *name, uint64_t cookie)
{
	assert_int_equal(bcc_program_set_cookie(bcc_program_find(b, name), cookie), 0);
}

static void expect_seen(struct bcc *b, uint64_t first, uint64_t second, uint64_t none)
{
	assert_int_equal(seen(b, FIRST), first);
	assert_int_equal(seen(b, SECOND), second);
	assert_int_equal(seen(b, 0), none);
}

static struct bcc *open_text(void)
{
	struct bcc *b = open_test_text(text, NULL);

	if (bcc_program_load(bcc_program_find(b, "probe"), BPF_PROG_TYPE_KPROBE, NULL) < 0)
		test_missing("this kernel has no cookies");
	return b;
}

static void call(int one, int two)
{
	while (one--)
		bcc_cookie_one(one);
	while (two--)
		bcc_cookie_two(two);
}

static void attach_uprobe(struct bcc *b, const char *symbol, uint64_t cookie)
{
	set_cookie(b, "probe", cookie);
	expect_ok(b, bcc_attach_uprobe(b, "probe", OWN_PROGRAM,
			     &BCC_OPTS(struct bcc_uprobe_opts, .symbol = symbol), NULL));
}

static void test_uprobes(void **state)
{
	struct bcc *b = open_text();

	attach_uprobe(b, "bcc_cookie_one", FIRST);
	attach_uprobe(b, "bcc_cookie_two", SECOND);
	call(3, 5);
	expect_seen(b, 3, 5, 0);
	/* once more at the same place, without one */
	attach_uprobe(b, "bcc_cookie_one", 0);
	call(7, 0);
	expect_seen(b, 10, 5, 7);
	bcc_close(b);
	assert_int_equal(bcc_program_set_cookie(NULL, 1), -EINVAL);
}

static void check_many(bool one_by_one)
{
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .one_by_one = one_by_one);
	struct bcc *b = open_text();

	set_cookie(b, "probe", FIRST);
	expect_return(b, bcc_attach_uprobes(b, "probe", OWN_PROGRAM, "^bcc_cookie_", &opts, NULL), 2);
	set_cookie(b, "probe", SECOND);
	expect_return(b, bcc_attach_uprobes(b, "probe", OWN_PROGRAM, "^bcc_cookie_two$", &opts, NULL), 1);
	call(3, 5);
	expect_seen(b, 8, 5, 0);
	bcc_close(b);
}

static void test_many_uprobes(void **state)
{
	check_many(false);
	check_many(true);
}

/* Of each function, by its name. */
static bool choose_cookie(void *ctx, uint64_t address, uint64_t *cookie)
{
	uint64_t here = (uint64_t)&bcc_cookie_one - *(const uint64_t *)ctx;

	*cookie = address == here ? FIRST : SECOND;
	return address == here || address == here + (uint64_t)&bcc_cookie_two - (uint64_t)&bcc_cookie_one;
}

static void check_own_cookies(bool one_by_one, uint64_t base)
{
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .one_by_one = one_by_one,
		.cookie = choose_cookie, .cookie_ctx = &base);
	struct bcc *b = open_text();

	/* and more functions, which are not wanted */
	expect_return(b, bcc_attach_uprobes(b, "probe", OWN_PROGRAM, "c", &opts, NULL), 2);
	call(3, 5);
	expect_seen(b, 3, 5, 0);
	bcc_close(b);
}

static void test_own_cookies(void **state)
{
	extern const char __executable_start[];
	const uint64_t base = (uint64_t)__executable_start;

	check_own_cookies(false, base);
	check_own_cookies(true, base);
}

/* All at once, where the kernel can do it, or not at all. */
static void test_at_once(void **state)
{
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .at_once = true);
	struct bcc *b = open_text();
	int ret = bcc_attach_uprobes(b, "probe", OWN_PROGRAM, "^bcc_cookie_", &opts, NULL);

	if (ret == -EOPNOTSUPP)
		assert_non_null(strstr(bcc_error(b), "cannot attach to 2 functions at once"));
	else
		expect_return(b, ret, 2);
	call(3, 5);
	assert_int_equal(seen(b, 0), ret == 2 ? 8 : 0);
	opts.one_by_one = true;
	assert_int_equal(
		bcc_attach_uprobes(b, "probe", OWN_PROGRAM, "^bcc_cookie_", &opts, NULL), -EOPNOTSUPP);
	bcc_close(b);
}

static void test_static_probe(void **state)
{
	struct bcc *b = open_text();

	set_cookie(b, "probe", SECOND);
	expect_ok(b, bcc_attach_usdt(b, "probe", OWN_PROGRAM, "bcc_cookie", "fired", NULL, NULL));
	for (int i = 0; i < 4; i++)
		fire();
	expect_seen(b, 0, 4, 0);
	bcc_close(b);

	/* the text needs the cookie itself */
	b = open_test_text("BPF_ARRAY(last, u64, 1);\n"
			   "int probe(struct pt_regs *ctx)\n"
			   "{\n"
			   "	u64 n = 0;\n"
			   "	bpf_usdt_readarg(1, ctx, &n);\n"
			   "	last.increment(0, n);\n"
			   "	return 0;\n"
			   "}\n",
		NULL);
	set_cookie(b, "probe", SECOND);
	expect_return(
		b, bcc_attach_usdt(b, "probe", OWN_PROGRAM, "bcc_cookie", "fired", NULL, NULL), -EINVAL);
	expect_sentence(b, "cookie");
	bcc_close(b);
}

/* Each page that is touched for the first time is a fault, and each fault a sample. */
static void test_perf_event(void **state)
{
	struct bcc *b = open_text();
	long page = sysconf(_SC_PAGESIZE);
	char *memory;
	int ret;

	set_cookie(b, "sampled", FIRST);
	ret = bcc_attach_perf_event(b, "sampled",
		&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
			.config = PERF_COUNT_SW_PAGE_FAULTS, .sample_period = 1, .pid = getpid(), .cpu = -1),
		NULL);
	expect_ok(b, ret);
	memory = mmap(NULL, 64 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	madvise(memory, 64 * page, MADV_NOHUGEPAGE);
	for (int i = 0; i < 64; i++)
		memory[i * page] = 1;
	assert_true(seen(b, FIRST) >= 64);
	expect_seen(b, seen(b, FIRST), 0, 0);
	munmap(memory, 64 * page);
	bcc_close(b);
}

static void test_tracepoint(void **state)
{
	struct bcc *b = open_text();

	set_cookie(b, "traced", FIRST);
	expect_ok(b, bcc_attach_tracepoint(b, "traced", "sched", "sched_process_fork", NULL));
	set_cookie(b, "traced", SECOND);
	expect_ok(b, bcc_attach_tracepoint(b, "traced", "sched", "sched_process_wait", NULL));
	/* the kernel would run it once anyway */
	expect_return(b, bcc_attach_tracepoint(b, "traced", "sched", "sched_process_wait", NULL), -EEXIST);
	expect_sentence(b, "already attached");
	for (int i = 0; i < 3; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (!child)
			_exit(0);
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
	expect_seen(b, 3, 3, 0);
	bcc_close(b);
}

/* Linux 6.10. Before it, a program without the helper can be loaded, and attaching says why not. */
static void test_raw_tracepoints(void **state)
{
	struct bcc *b = open_test_text(
		"SEC(\"raw_tp\") int raw(struct bpf_raw_tracepoint_args *ctx) { return 0; }\n", NULL);
	int ret;

	set_cookie(b, "raw", FIRST);
	ret = bcc_attach_raw_tracepoint(b, "raw", "sys_enter", NULL);
	if (ret == -EOPNOTSUPP) {
		expect_sentence(b, "need Linux 6.10");
		set_cookie(b, "raw", 0);
		expect_ok(b, bcc_attach_raw_tracepoint(b, "raw", "sys_enter", NULL));
		bcc_close(b);
		test_too_old("raw tracepoints have no cookies in this kernel");
	}
	expect_ok(b, ret);
	bcc_close(b);

	b = open_text();
	for (int i = 0; i < 2; i++) {
		set_cookie(b, "raw", i ? SECOND : FIRST);
		expect_ok(b, bcc_attach_raw_tracepoint(b, "raw", "sched_process_exec", NULL));
		set_cookie(b, "typed", i ? SECOND : FIRST);
		expect_ok(b, bcc_attach_raw_tracepoint(b, "typed", "sys_enter", NULL));
	}
	getppid();
	getppid();
	assert_true(seen(b, FIRST) >= 2);
	assert_true(seen(b, SECOND) >= 2);
	assert_int_equal(seen(b, 0), 0);
	bcc_close(b);
}

static void read_zeros(int times)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	char byte;

	while (times--)
		assert_int_equal(read(fd, &byte, 1), 1);
	close(fd);
}

static void test_kprobes(void **state)
{
	struct bcc *b = open_text();

	if (!have_kprobes()) {
		bcc_close(b);
		test_missing("this kernel has no kprobes");
	}
	set_cookie(b, "probe", FIRST);
	expect_ok(b, bcc_attach_kprobe(b, "probe", "vfs_read", NULL, NULL));
	set_cookie(b, "probe", SECOND);
	assert_int_equal(bcc_attach_kprobes(b, "probe", "^vfs_open$", NULL, NULL), 1);
	/* attaching reads files too */
	expect_ok(b, bcc_table_clear(bcc_table_find(b, "seen")));
	read_zeros(20);
	expect_seen(b, 20, 1, 0);
	bcc_close(b);

	/* as an fprobe, for more concurrent calls */
	b = open_text();
	set_cookie(b, "probe", SECOND);
	expect_ok(b, bcc_attach_kprobe(b, "probe", "vfs_read",
			     &BCC_OPTS(struct bcc_kprobe_opts, .retprobe = true, .maxactive = 500), NULL));
	read_zeros(20);
	expect_seen(b, 0, 20, 0);
	bcc_close(b);
}

static void test_fentry(void **state)
{
	struct bcc *b = open_text();
	int ret;

	set_cookie(b, "entry", FIRST);
	ret = bcc_attach_fentry(b, "entry", "vfs_read", false, NULL);
	if (ret == -EPERM || ret == -EOPNOTSUPP) {
		bcc_close(b);
		test_missing("this kernel refuses fentry");
	}
	expect_ok(b, ret);
	read_zeros(20);
	expect_seen(b, 20, 0, 0);
	bcc_close(b);
}

static void test_lsm(void **state)
{
	struct bcc *b = open_text();
	int ret;

	set_cookie(b, "hook", SECOND);
	ret = bcc_attach_lsm(b, "hook", "file_open", NULL);
	if (ret == -EPERM || ret == -EOPNOTSUPP || ret == -EBUSY) {
		bcc_close(b);
		test_missing("the BPF LSM is not active");
	}
	expect_ok(b, ret);
	read_zeros(0);
	expect_seen(b, 0, 1, 0);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uprobes),
		cmocka_unit_test(test_many_uprobes),
		cmocka_unit_test(test_own_cookies),
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_static_probe),
		cmocka_unit_test(test_perf_event),
		cmocka_unit_test(test_tracepoint),
		cmocka_unit_test(test_raw_tracepoints),
		cmocka_unit_test(test_kprobes),
		cmocka_unit_test(test_fentry),
		cmocka_unit_test(test_lsm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
