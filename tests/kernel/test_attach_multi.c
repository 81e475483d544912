/* SPDX-License-Identifier: Apache-2.0 */
/* Many functions by one regular expression: a thousand of this program, each called a known number of times,
 * and functions of the kernel. */
#include <dirent.h>
#include <sys/resource.h>
#include <time.h>

#include "kernel_symbols.h"
#include "testlib.h"

#define OWN_PROGRAM "/proc/self/exe"
#define FUNCTIONS 1000
#define CALLS 3

static const char text[] =
	"BPF_ARRAY(counts, u64, 4);\n"
	"static inline void count(int slot) { u64 *v = counts.lookup(&slot); if (v) __sync_fetch_and_add(v, 1); }\n"
	"static inline int is_ours(void) { return bpf_get_current_pid_tgid() >> 32 == PID; }\n"
	"int on_entry(struct pt_regs *ctx) { if (is_ours()) count(0); return 0; }\n"
	"int on_return(struct pt_regs *ctx) { if (is_ours() && PT_REGS_RC(ctx) == 4711) count(1); return 0; }\n"
	"int on_other(struct pt_regs *ctx) { if (is_ours()) count(2); return 0; }\n";

/* ---- a thousand functions ---- */

#define FUNCTION(a, b, c)                                                                                    \
	__attribute__((noinline, used)) static int bcc_multi_##a##b##c(int result)                           \
	{                                                                                                    \
		__asm__ volatile("" : "+r"(result));                                                         \
		return result;                                                                               \
	}
#define TEN(what, a, b)                                                                                      \
	what(a, b, 0) what(a, b, 1) what(a, b, 2) what(a, b, 3) what(a, b, 4) what(a, b, 5) what(a, b, 6)    \
		what(a, b, 7) what(a, b, 8) what(a, b, 9)
#define HUNDRED(what, a)                                                                                     \
	TEN(what, a, 0)                                                                                      \
	TEN(what, a, 1)                                                                                      \
	TEN(what, a, 2)                                                                                      \
	TEN(what, a, 3)                                                                                      \
	TEN(what, a, 4)                                                                                      \
	TEN(what, a, 5)                                                                                      \
	TEN(what, a, 6)                                                                                      \
	TEN(what, a, 7)                                                                                      \
	TEN(what, a, 8)                                                                                      \
	TEN(what, a, 9)
#define THOUSAND(what)                                                                                       \
	HUNDRED(what, 0)                                                                                     \
	HUNDRED(what, 1)                                                                                     \
	HUNDRED(what, 2)                                                                                     \
	HUNDRED(what, 3)                                                                                     \
	HUNDRED(what, 4)                                                                                     \
	HUNDRED(what, 5)                                                                                     \
	HUNDRED(what, 6)                                                                                     \
	HUNDRED(what, 7)                                                                                     \
	HUNDRED(what, 8)                                                                                     \
	HUNDRED(what, 9)

THOUSAND(FUNCTION)

#define CALL(a, b, c) bcc_multi_##a##b##c(4711);

static void call_all(void)
{
	for (int i = 0; i < CALLS; i++) {
		THOUSAND(CALL)
	}
}

#ifdef __x86_64__
/* The kernel does not allow a probe on an instruction with this prefix. Never called. */
__asm__(".pushsection .text\n"
	".type bcc_refused_function, @function\n"
	"bcc_refused_function:\n"
	"	lock addl $0, (%rsp)\n"
	"	ret\n"
	".size bcc_refused_function, . - bcc_refused_function\n"
	".popsection\n");
#define REFUSED 1
#else
#define REFUSED 0
#endif

static struct bcc *open_text(const char *pmu)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s", pmu);
	if (access(path, F_OK))
		test_missing("this kernel has no %ss", pmu);
	return open_test_text(text, NULL);
}

static int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	assert_true(count > 0);
	return count;
}

static void expect_calls(struct bcc *b, int slot, uint64_t count)
{
	set_table_u64(b, "counts", slot, 0);
	call_all();
	assert_int_equal(table_u64(b, "counts", slot), count);
}

/* ---- uprobes ---- */

static void check_uprobes(const char *all, int all_count, const char *half, int half_count)
{
	struct bcc *b = open_text("uprobe");
	size_t left_out = 99;
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .left_out = &left_out);
	struct bcc_link *entry, *exit;
	int before = descriptors();

	expect_return(b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, all, &opts, &entry), all_count);
	assert_int_equal(left_out, 0);
	assert_string_equal(bcc_error(b), "");
	opts.retprobe = true;
	expect_return(b, bcc_attach_uprobes(b, "on_return", OWN_PROGRAM, half, &opts, &exit), half_count);
	expect_calls(b, 0, all_count * CALLS);
	expect_calls(b, 1, half_count * CALLS);
	bcc_detach(entry);
	expect_calls(b, 0, 0);
	expect_calls(b, 1, half_count * CALLS);
	bcc_detach(exit);
	expect_calls(b, 1, 0);
	assert_true(descriptors() <= before + 2); /* the programs */
	bcc_close(b);
}

static void test_uprobes(void **state)
{
	if (kernel_has("bpf_uprobe_multi_link_attach"))
		check_uprobes("^bcc_multi_", FUNCTIONS, "_multi_[0-4]", FUNCTIONS / 2);
	else
		check_uprobes("^bcc_multi_.12", 10, "_multi_[0-4]12", 5);
}

/* A program that has been attached to one function, and to many, in both orders. */
static void test_one_and_many(void **state)
{
	struct bcc *b = open_text("uprobe");
	struct bcc_uprobe_opts one = BCC_OPTS(struct bcc_uprobe_opts, .symbol = "bcc_multi_123");
	struct bcc_link *many;

	expect_return(b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "^bcc_multi_55", NULL, &many), 10);
	expect_ok(b, bcc_attach_uprobe(b, "on_entry", OWN_PROGRAM, &one, NULL));
	expect_calls(b, 0, (10 + 1) * CALLS);
	bcc_detach(many);
	expect_calls(b, 0, CALLS);
	expect_return(b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "^bcc_multi_6[0-4]0", NULL, NULL), 5);
	expect_calls(b, 0, 6 * CALLS);
	bcc_close(b);
}

static void test_one_by_one(void **state)
{
	struct bcc *b = open_text("uprobe");
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .one_by_one = true);
	int before = descriptors();
	struct bcc_link *link;

	expect_return(b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "^bcc_multi_12", &opts, &link), 10);
	expect_calls(b, 0, 10 * CALLS);
	bcc_detach(link);
	expect_calls(b, 0, 0);
	assert_true(descriptors() <= before + 1);
	bcc_close(b);
}

/* Either way a function that the kernel refuses is left out, and the others are attached. */
static void test_left_out(void **state)
{
	static const char regex[] = "^(bcc_multi_12|bcc_refused_function)";
	struct bcc *b = open_text("uprobe");
	size_t left_out = 99;
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .left_out = &left_out);
	struct bcc_link *link;

	for (int i = 0; i < 2; i++) {
		opts.one_by_one = i;
		expect_return(b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, regex, &opts, &link), 10);
		assert_int_equal(left_out, REFUSED);
		expect_calls(b, 0, 10 * CALLS);
		bcc_detach(link);
	}
	if (REFUSED) {
		expect_return(b,
			bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "^bcc_refused_function", &opts, &link),
			-ENOENT);
		expect_sentence(b, "refuses");
		assert_int_equal(left_out, 1);
	}
	bcc_close(b);
}

/* Running out of descriptors has nothing to do with the function: nothing stays attached. */
static void test_all_or_nothing(void **state)
{
	struct bcc *b = open_text("uprobe");
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .one_by_one = true);
	struct bcc_uprobe_opts one = BCC_OPTS(struct bcc_uprobe_opts, .symbol = "bcc_multi_999");
	struct rlimit usual, low;

	expect_ok(b, bcc_attach_uprobe(b, "on_other", OWN_PROGRAM, &one, NULL));
	expect_ok(b, bcc_attach_uprobe(b, "on_entry", OWN_PROGRAM, &one, NULL));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	low = usual;
	low.rlim_cur = descriptors() + 24;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	expect_return(
		b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "^bcc_multi_[0-4]", &opts, NULL), -EMFILE);
	expect_sentence(b, "RLIMIT_NOFILE");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
	expect_calls(b, 0, CALLS);
	expect_calls(b, 2, CALLS);
	bcc_close(b);
}

static void test_errors(void **state)
{
	struct bcc *b = open_text("uprobe");

	expect_return(
		b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "^no_such_function", NULL, NULL), -ENOENT);
	expect_sentence(b, "matches");
	expect_return(b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "(", NULL, NULL), -EINVAL);
	expect_sentence(b, "regular expression");
	expect_return(b, bcc_attach_uprobes(b, "on_entry", "/no/such", ".", NULL, NULL), -ENOENT);
	expect_return(b, bcc_attach_uprobes(b, "on_entry", "/etc/passwd", ".", NULL, NULL), -ENOEXEC);
	expect_return(b, bcc_attach_uprobes(b, "nobody", OWN_PROGRAM, ".", NULL, NULL), -ENOENT);
	expect_return(b, bcc_attach_uprobes(b, "on_entry", OWN_PROGRAM, "", NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_kprobes(b, "on_entry", NULL, NULL, NULL), -EINVAL);
	bcc_close(b);
}

/* ---- kprobes ---- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Each read() of a pipe is one call of vfs_read(), each write() one of vfs_write(). */
static void read_and_write(int times)
{
	int pipes[2];
	char byte = 0;

	assert_int_equal(pipe(pipes), 0);
	for (int i = 0; i < times; i++) {
		assert_int_equal(write(pipes[1], &byte, 1), 1);
		assert_int_equal(read(pipes[0], &byte, 1), 1);
	}
	close(pipes[0]);
	close(pipes[1]);
}

static void check_kprobes(bool one_by_one)
{
	struct bcc *b = open_text("kprobe");
	size_t left_out = 99;
	struct bcc_multi_opts opts =
		BCC_OPTS(struct bcc_multi_opts, .left_out = &left_out, .one_by_one = one_by_one);
	struct bcc_link *link;

	expect_return(b, bcc_attach_kprobes(b, "on_entry", "^vfs_(read|write)$", &opts, &link), 2);
	assert_int_equal(left_out, 0);
	set_table_u64(b, "counts", 0, 0); /* attaching reads files itself */
	read_and_write(CALLS);
	assert_int_equal(table_u64(b, "counts", 0), 2 * CALLS);
	opts.retprobe = true;
	expect_return(b, bcc_attach_kprobes(b, "on_other", "^vfs_(read|write)$", &opts, NULL), 2);
	bcc_detach(link);
	set_table_u64(b, "counts", 0, 0);
	set_table_u64(b, "counts", 2, 0);
	read_and_write(CALLS);
	assert_int_equal(table_u64(b, "counts", 0), 0);
	assert_int_equal(table_u64(b, "counts", 2), 2 * CALLS);
	bcc_close(b);
}

static void test_kprobes(void **state)
{
	check_kprobes(false);
}

static void test_kprobes_one_by_one(void **state)
{
	check_kprobes(true);
}

static void test_thousand_kprobes(void **state)
{
	struct bcc *b = open_text("kprobe");
	size_t left_out = 0;
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .left_out = &left_out);
	struct bcc_link *link;
	double start, attached, detached;
	int count;

	if (!kernel_has("register_fprobe_ips")) {
		bcc_close(b);
		test_too_old("this kernel has no fprobes: a thousand kprobes take long to remove");
	}
	start = now();
	count = bcc_attach_kprobes(b, "on_entry", "^(tcp|udp|ip|inet|sock|skb|vfs|security)_", &opts, &link);
	attached = now();
	if (count < FUNCTIONS)
		fail_msg("%d functions are attached: %s", count, bcc_error(b));
	read_and_write(CALLS);
	assert_true(table_u64(b, "counts", 0) >= 2 * CALLS);
	start = attached - start;
	attached = now();
	bcc_detach(link);
	detached = now() - attached;
	printf("%d functions of the kernel (%zu left out): attached in %.2f s, detached in %.2f s\n", count,
		left_out, start, detached);
	set_table_u64(b, "counts", 0, 0);
	read_and_write(CALLS);
	assert_int_equal(table_u64(b, "counts", 0), 0);
	bcc_close(b);
}

static void test_no_kprobes(void **state)
{
	struct bcc *b = open_text("kprobe");

	expect_return(b, bcc_attach_kprobes(b, "on_entry", "^no_such_function", NULL, NULL), -ENOENT);
	expect_return(b, bcc_attach_kprobes(b, "on_entry", "(", NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_kprobes(b, "nobody", "^vfs_read$", NULL, NULL), -ENOENT);
	bcc_close(b);
}

/* Kernels without uprobe_multi need a descriptor for each function. */
static int raise_limit(void **state)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -1;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uprobes),
		cmocka_unit_test(test_one_and_many),
		cmocka_unit_test(test_one_by_one),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_kprobes),
		cmocka_unit_test(test_kprobes_one_by_one),
		cmocka_unit_test(test_thousand_kprobes),
		cmocka_unit_test(test_no_kprobes),
	};

	return cmocka_run_group_tests(tests, raise_limit, NULL);
}
