/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of libbpf's dialect that only bcc_attach_all() attaches: programs that run at calls and at returns
 * with a cookie between them, sleepable ones at many functions, and those that write to a tracepoint. */
#include "kernel_symbols.h"
#include "own_events.h"

#include <bpf/btf.h>
#include <linux/bpf.h>

#define HEADERS                                                                                              \
	"#include \"vmlinux.h\"\n"                                                                           \
	"#include <bpf/bpf_helpers.h>\n"                                                                     \
	"#include <bpf/bpf_tracing.h>\n"                                                                     \
	"char LICENSE[] SEC(\"license\") = \"GPL\";\n"                                                       \
	"struct {\n"                                                                                         \
	"	__uint(type, BPF_MAP_TYPE_ARRAY);\n"                                                               \
	"	__uint(max_entries, 4);\n"                                                                         \
	"	__type(key, u32);\n"                                                                               \
	"	__type(value, u64);\n"                                                                             \
	"} out SEC(\".maps\");\n"                                                                            \
	"static __always_inline void add(u32 slot, u64 n)\n"                                                 \
	"{\n"                                                                                                \
	"	u64 *sum = bpf_map_lookup_elem(&out, &slot);\n"                                                    \
	"	if (sum)\n"                                                                                        \
	"		__sync_fetch_and_add(sum, n);\n"                                                                  \
	"}\n"

/* Slot 0 counts calls, 1 returns, 2 adds up what the calls left for their returns. A call with 4 is not
 * followed to its return. */
#define SESSION(number)                                                                                      \
	"extern bool bpf_session_is_return(void) __ksym;\n"                                                  \
	"extern __u64 *bpf_session_cookie(void) __ksym;\n"                                                   \
	"SEC(TARGET) int both(struct pt_regs *ctx)\n"                                                        \
	"{\n"                                                                                                \
	"	u64 *cookie = bpf_session_cookie();\n"                                                             \
	"	if (bpf_get_current_pid_tgid() >> 32 != PID)\n"                                                    \
	"		return 1;\n"                                                                                      \
	"	if (bpf_session_is_return()) {\n"                                                                  \
	"		add(1, 1);\n"                                                                                     \
	"		add(2, *cookie);\n"                                                                               \
	"		return 0;\n"                                                                                      \
	"	}\n"                                                                                               \
	"	add(0, 1);\n"                                                                                      \
	"	*cookie = " number ";\n"                                                                     \
	"	return *cookie == 4;\n"                                                                            \
	"}\n"

__attribute__((noinline, used)) static int dialect_session_target(const int *number)
{
	__asm__ volatile("" : "+r"(number));
	return *number;
}

static int attach_type_number(const char *name)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	int id = kernel ? btf__find_by_name_kind(kernel, "bpf_attach_type", BTF_KIND_ENUM) : -1;
	const struct btf_type *t = id > 0 ? btf__type_by_id(kernel, id) : NULL;
	int number = -1;

	for (int i = 0; t && i < btf_vlen(t) && number < 0; i++)
		if (!strcmp(btf__name_by_offset(kernel, btf_enum(t)[i].name_off), name))
			number = btf_enum(t)[i].val;
	btf__free(kernel);
	return number;
}

/* Opens HEADERS and `text` with TARGET, a section for functions of this program. */
static struct bcc *open_for_own_program(const char *kind, const char *text)
{
	char path[256] = "", *flag;
	struct bcc *b;

	assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	assert_true(asprintf(&flag, "-DTARGET=\"%s/%s:dialect_session_*\"", kind, path) > 0);
	b = open_test_text(text, flag);
	free(flag);
	return b;
}

static void expect_sums(struct bcc *b, uint64_t calls, uint64_t returns, uint64_t sum)
{
	assert_int_equal(table_u64(b, "out", 0), calls);
	assert_int_equal(table_u64(b, "out", 1), returns);
	assert_int_equal(table_u64(b, "out", 2), sum);
}

static void test_uprobe_session(void **state)
{
	static const char text[] =
		HEADERS SESSION("0; bpf_probe_read_user(cookie, 4, (void *)PT_REGS_PARM1(ctx))");
	struct bcc *b;

	if (attach_type_number("BPF_TRACE_UPROBE_SESSION") < 0)
		test_too_old("no uprobe.session before Linux 6.13");
	b = open_for_own_program("uprobe.session", text);
	expect_return(b, bcc_attach_all(b), 1);
	for (int i = 1; i <= 5; i++)
		dialect_session_target(&i);
	/* 4 is left out */
	expect_sums(b, 5, 4, 1 + 2 + 3 + 5);
	bcc_close(b);
	dialect_session_target(&(int){6});
}

static void test_kprobe_session(void **state)
{
	static const char text[] =
		HEADERS SESSION("PT_REGS_PARM1_CORE((struct pt_regs *)PT_REGS_PARM1(ctx))");
	struct bcc *b;

	if (!have_kprobes())
		test_missing("this kernel has no kprobes");
	if (attach_type_number("BPF_TRACE_KPROBE_SESSION") < 0)
		test_too_old("no kprobe.session before Linux 6.10");
	if (!kernel_has("register_fprobe_ips"))
		test_too_old("this kernel has no fprobes (CONFIG_FPROBE)");
#ifdef __x86_64__
	b = open_test_text(text, "-DTARGET=\"kprobe.session/__x64_sys_getpgi?\"");
#else
	b = open_test_text(text, "-DTARGET=\"kprobe.session/__arm64_sys_getpgi?\"");
#endif
	expect_return(b, bcc_attach_all(b), 1);
	for (int i = 1; i <= 5; i++)
		own_event(i);
	expect_sums(b, 5, 4, 1 + 2 + 3 + 5);
	bcc_close(b);
}

/* Only a sleepable program may call bpf_copy_from_user(). */
static void test_sleepable_uprobes(void **state)
{
	static const char text[] =
		HEADERS "SEC(TARGET) int at_call(struct pt_regs *ctx)\n"
			"{\n"
			"	int number = 0;\n"
			"	if (bpf_get_current_pid_tgid() >> 32 != PID)\n"
			"		return 0;\n"
			"	bpf_copy_from_user(&number, sizeof(number), (void *)PT_REGS_PARM1(ctx));\n"
			"	add(0, 1);\n"
			"	add(2, number);\n"
			"	return 0;\n"
			"}\n";
	struct bcc *b = open_for_own_program("uprobe.multi.s", text);

	expect_return(b, bcc_attach_all(b), 1);
	for (int i = 1; i <= 3; i++)
		dialect_session_target(&i);
	expect_sums(b, 3, 0, 1 + 2 + 3);
	bcc_close(b);
}

/* The tracepoint's argument is where the result of a test run is kept. */
static void test_writable_tracepoint(void **state)
{
	static const char text[] =
		HEADERS "SEC(\"raw_tp.w/bpf_test_finish\") int change(struct bpf_raw_tracepoint_args *ctx)\n"
			"{\n"
			"	int *result = (int *)ctx->args[0];\n"
			"	if (bpf_get_current_pid_tgid() >> 32 == PID)\n"
			"		*result = -EXPECTED;\n"
			"	return 0;\n"
			"}\n"
			"SEC(\"xdp\") int pass(struct xdp_md *ctx) { return 2; }\n";
	const uint8_t packet[64] = {0};
	struct bcc_test_run run = BCC_OPTS(struct bcc_test_run, .data = packet, .data_size = sizeof(packet));
	char flag[32];
	struct bcc *b;

	snprintf(flag, sizeof(flag), "-DEXPECTED=%d", EDQUOT);
	b = open_test_text(text, flag);
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "pass"), &run));
	expect_return(b, bcc_attach_all(b), 1);
	expect_return(b, bcc_program_test_run(bcc_program_find(b, "pass"), &run), -EDQUOT);
	bcc_close(b);
}

/* The other program answers 2, unless this one answers in its place. */
static void test_freplace(void **state)
{
	static const char other_text[] =
		HEADERS "__noinline int answer(struct xdp_md *ctx)\n"
			"{\n"
			"	int number = 2;\n"
			"	barrier_var(number);\n"
			"	return ctx ? number : 0;\n"
			"}\n"
			"SEC(\"xdp\") int entry(struct xdp_md *ctx) { return answer(ctx); }\n";
	static const char text[] =
		HEADERS "SEC(\"freplace/answer\") int in_place(struct xdp_md *ctx) { return 1; }\n"
			"SEC(\"freplace\") int nowhere(struct xdp_md *ctx) { return 1; }\n";
	const uint8_t packet[64] = {0};
	struct bcc_test_run run = BCC_OPTS(struct bcc_test_run, .data = packet, .data_size = sizeof(packet));
	struct bcc *other = open_test_text(other_text, NULL), *b = open_test_text(text, NULL), *another;
	struct bcc_program *entry = bcc_program_find(other, "entry");
	struct bcc_link *link;
	int fd, ret;

	expect_ok(other, bcc_program_test_run(entry, &run));
	assert_int_equal(run.result, 2);
	fd = bcc_program_fd(entry);
	expect_fails(b, bcc_program_load(bcc_program_find(b, "in_place"), BCC_PROG_TYPE_AUTO, NULL), -EINVAL,
		"bcc_attach_freplace()");
	expect_fails(b, bcc_attach_freplace(b, "nowhere", fd, NULL, NULL), -EINVAL, "is missing");
	expect_fails(b, bcc_attach_freplace(b, "in_place", -1, NULL, NULL), -EINVAL, "no descriptor");
	expect_fails(
		b, bcc_attach_freplace(b, "in_place", STDOUT_FILENO, NULL, NULL), -EINVAL, "not a program's");
	expect_fails(
		b, bcc_attach_freplace(b, "in_place", fd, "question", NULL), -ESRCH, "no function question");
	ret = bcc_attach_freplace(b, "in_place", fd, NULL, &link);
	if (ret == -EPERM || ret == -EOPNOTSUPP) {
		expect_sentence(b, "trampoline");
		bcc_close(b);
		bcc_close(other);
		test_missing("this kernel has no BPF trampolines");
	}
	expect_ok(b, ret);
	expect_ok(other, bcc_program_test_run(entry, &run));
	assert_int_equal(run.result, 1);
	expect_ok(b, bcc_detach(link));
	expect_ok(other, bcc_program_test_run(entry, &run));
	assert_int_equal(run.result, 2);
	/* the same program in another one */
	another = open_test_text(other_text, NULL);
	expect_ok(another, bcc_program_test_run(bcc_program_find(another, "entry"), &run));
	assert_int_equal(run.result, 2);
	expect_ok(b, bcc_attach_freplace(
			     b, "in_place", bcc_program_fd(bcc_program_find(another, "entry")), NULL, NULL));
	expect_ok(another, bcc_program_test_run(bcc_program_find(another, "entry"), &run));
	assert_int_equal(run.result, 1);
	expect_ok(other, bcc_program_test_run(entry, &run));
	assert_int_equal(run.result, 2);
	bcc_close(b);
	bcc_close(other);
	bcc_close(another);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_uprobe_session),
		cmocka_unit_test(test_kprobe_session), cmocka_unit_test(test_sleepable_uprobes),
		cmocka_unit_test(test_writable_tracepoint), cmocka_unit_test(test_freplace)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
