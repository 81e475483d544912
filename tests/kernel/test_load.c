/* SPDX-License-Identifier: Apache-2.0 */
/* Loading: types and targets, what the kernel then has, what its rejections say; linked programs compute what
 * the text says. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <dlfcn.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <time.h>

#include "common/array.h"
#include "testlib.h"

static struct bcc_program *program(struct bcc *b, const char *name)
{
	struct bcc_program *p = bcc_program_find(b, name);

	assert_non_null(p);
	return p;
}

static struct bpf_prog_info info_of(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
	return info;
}

/* What a socket filter returns for a packet of 64 zero bytes, of which it sees the 50 after the Ethernet
 * header. */
static uint32_t run_filter(int fd)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

	assert_int_equal(bpf_prog_test_run_opts(fd, &opts), 0);
	return opts.retval;
}

static void test_rejected_program(void **state)
{
	struct bcc *b = open_test_text("BPF_HASH(counts, u32, u64);\n"
				       "int raw_tracepoint__sys_enter(void *ctx)\n"
				       "{\n"
				       "	u32 key = 1;\n"
				       "	u64 *value = counts.lookup(&key);\n"
				       "\n"
				       "	return *value;\n"
				       "}\n",
		NULL);
	struct bcc_program *p = program(b, "raw_tracepoint__sys_enter");

	expect_return(b, bcc_program_load(p, BCC_PROG_TYPE_AUTO, NULL), -EACCES);
	expect_sentence(b, "raw_tracepoint__sys_enter");
	expect_sentence(b, "map_value_or_null");
	expect_sentence(b, "compare its result with NULL");
	expect_sentence(b, "; return *value; @ text.c:7\n");
	assert_int_equal(bcc_program_fd(p), -ENOENT);
	bcc_close(b);
}

static const char long_log_text[] = "int raw_tracepoint__sys_enter(struct bpf_raw_tracepoint_args *ctx)\n"
				    "{\n"
				    "	u64 sum = 0;\n"
				    "#pragma unroll 1\n"
				    "	for (int i = 0; i < 4000; i++)\n"
				    "		if (ctx->args[0] & i)\n"
				    "			sum += bpf_get_prandom_u32() ^ i;\n"
				    "	return *(u64 *)(sum + (u64)ctx);\n"
				    "}\n";

static void test_long_verifier_log(void **state)
{
	struct bcc *b = open_test_text(long_log_text, NULL);
	int ret = bcc_program_load(program(b, "raw_tracepoint__sys_enter"), BCC_PROG_TYPE_AUTO, NULL);

	assert_true(ret < 0);
	assert_true(strlen(bcc_error(b)) > 100 * 1024);
	expect_sentence(b, "@ text.c:");
	bcc_close(b);
}

static void test_type_must_be_known(void **state)
{
	struct bcc *b = open_test_text("int filter(struct __sk_buff *skb) { return 7; }\n", NULL);
	struct bcc_program *p = program(b, "filter");
	int fd;

	expect_return(b, bcc_program_load(p, BCC_PROG_TYPE_AUTO, NULL), -EINVAL);
	expect_sentence(b, "kprobe__FUNCTION");
	expect_return(b, bcc_program_load(p, -7, NULL), -EINVAL);
	expect_return(b, bcc_program_load(p, 0, NULL), -EINVAL);
	expect_return(b, bcc_program_load(p, 1000, NULL), -EINVAL);
	expect_sentence(b, "1000");
	expect_return(b, bcc_program_load(p, BPF_PROG_TYPE_TRACING, NULL), -EINVAL);
	expect_sentence(b, "expected_attach_type");
	expect_return(b,
		bcc_program_load(p, BPF_PROG_TYPE_TRACING,
			&BCC_OPTS(struct bcc_load_opts, .expected_attach_type = BPF_TRACE_FENTRY)),
		-EINVAL);
	expect_sentence(b, "attach_to");

	fd = bcc_program_load(p, BPF_PROG_TYPE_SOCKET_FILTER, NULL);
	assert_true(fd >= 0);
	assert_int_equal(bcc_program_fd(p), fd);
	assert_int_equal(bcc_program_load(p, BPF_PROG_TYPE_SOCKET_FILTER, NULL), fd);
	expect_return(b, bcc_program_load(p, BPF_PROG_TYPE_KPROBE, NULL), -EBUSY);
	expect_sentence(b, "socket_filter");
	assert_int_equal(run_filter(fd), 7);
	bcc_close(b);
}

static void test_options(void **state)
{
	struct bcc *b = open_test_text("int filter(struct __sk_buff *skb) { return 7; }\n", NULL);
	struct bcc_program *p = program(b, "filter");
	struct {
		struct bcc_load_opts known;
		int newer;
	} opts = {.known.size = sizeof(opts), .newer = 1};

	expect_return(b, bcc_program_load(p, BPF_PROG_TYPE_SOCKET_FILTER, &opts.known), -E2BIG);
	opts.known.size = 0;
	expect_return(b, bcc_program_load(p, BPF_PROG_TYPE_SOCKET_FILTER, &opts.known), -EINVAL);
	expect_sentence(b, "BCC_OPTS");
	opts.known.size = sizeof(opts);
	opts.newer = 0;
	assert_true(bcc_program_load(p, BPF_PROG_TYPE_SOCKET_FILTER, &opts.known) >= 0);
	bcc_close(b);
}

static void test_kernel_has_names_and_lines(void **state)
{
	struct bcc *b = open_test_text(
		"int a_function_with_a_long_name(struct __sk_buff *skb) { return skb->len; }\n", NULL);
	struct bcc_program *p = program(b, "a_function_with_a_long_name");
	struct bpf_prog_info info;
	int fd = bcc_program_load(p, BPF_PROG_TYPE_SOCKET_FILTER, NULL);

	assert_true(fd >= 0);
	info = info_of(fd);
	assert_string_equal(info.name, "a_function_with");
	assert_int_equal(info.type, BPF_PROG_TYPE_SOCKET_FILTER);
	assert_true(info.gpl_compatible);
	assert_true(info.btf_id > 0);
	assert_true(info.nr_line_info > 0);
	assert_int_equal(info.nr_func_info, 1);
	assert_int_equal(run_filter(fd), 64 - 14);
	bcc_close(b);
}

static const char linked_text[] =
	"static int calls = 40;\n"
	"static int never_set;\n"
	"static const int primes[] = {2, 3, 5, 7, 11, 13, 17, 19};\n"
	"static __attribute__((noinline)) int leaf(int x) { return x * 10 + 1; }\n"
	"static __attribute__((noinline)) int branch(int x) { return leaf(x) + leaf(x + 1); }\n"
	"int one(struct __sk_buff *skb) { calls++; return branch(2); }\n"
	"int two(struct __sk_buff *skb) { calls++; never_set += 3; return leaf(5) + branch(1); }\n"
	"int data(struct __sk_buff *skb) { return calls + never_set; }\n"
	"int constant(struct __sk_buff *skb) { return primes[skb->len & 7] * 100 + primes[(skb->len + 3) & 7]; }\n";

static void test_linked_programs_compute(void **state)
{
	static const char *const names[] = {"one", "two", "data", "constant"};
	struct bcc *b = open_test_text(linked_text, NULL);
	int fds[4];

	assert_int_equal(bcc_program_count(b), 4);
	for (int i = 0; i < 4; i++) {
		assert_string_equal(bcc_program_name(bcc_program_at(b, i)), names[i]);
		fds[i] = bcc_program_load(bcc_program_at(b, i), BPF_PROG_TYPE_SOCKET_FILTER, NULL);
		if (fds[i] < 0)
			fail_msg("%s", bcc_error(b));
	}
	assert_int_equal(run_filter(fds[0]), 21 + 31);
	assert_int_equal(run_filter(fds[1]), 51 + 11 + 21);
	assert_int_equal(run_filter(fds[1]), 51 + 11 + 21);
	assert_int_equal(run_filter(fds[2]), 43 + 6);
	assert_int_equal(run_filter(fds[3]), 5 * 100 + 13);
	assert_int_equal(info_of(fds[0]).nr_func_info, 3);
	bcc_close(b);
}

static void test_targets(void **state)
{
	struct bcc *b = open_test_text("int raw(u64 *ctx) { return 0; }\n"
				       "int entry(u64 *ctx) { return 0; }\n",
		NULL);
	struct bcc_program *raw = program(b, "raw"), *entry = program(b, "entry");
	struct bcc_load_opts opts = {.size = sizeof(opts), .expected_attach_type = BPF_TRACE_RAW_TP};
	int fd;

	if (access("/sys/kernel/btf/vmlinux", R_OK) != 0)
		test_missing("the kernel has no BTF");
	opts.attach_to = "no_such_tracepoint_at_all";
	expect_return(b, bcc_program_load(raw, BPF_PROG_TYPE_TRACING, &opts), -ESRCH);
	expect_sentence(b, "no_such_tracepoint_at_all");
	opts.expected_attach_type = BPF_TRACE_FENTRY;
	opts.attach_to = "vfs_reed";
	expect_return(b, bcc_program_load(entry, BPF_PROG_TYPE_TRACING, &opts), -ESRCH);
	expect_sentence(b, "no function vfs_reed");
	expect_sentence(b, "vfs_read");
	opts.attach_to = "no_such_hook_at_all";
	opts.expected_attach_type = 0;
	expect_return(b, bcc_program_load(entry, BPF_PROG_TYPE_LSM, &opts), -ESRCH);
	expect_sentence(b, "no LSM hook no_such_hook_at_all");

	opts.expected_attach_type = BPF_TRACE_RAW_TP;
	opts.attach_to = "sched_switch";
	fd = bcc_program_load(raw, BPF_PROG_TYPE_TRACING, &opts);
	if (fd < 0)
		fail_msg("%s", bcc_error(b));
	assert_true(info_of(fd).attach_btf_id > 0);
	assert_int_equal(bcc_program_load(raw, BPF_PROG_TYPE_TRACING, &opts), fd);
	opts.attach_to = "sched_process_exec";
	expect_return(b, bcc_program_load(raw, BPF_PROG_TYPE_TRACING, &opts), -EBUSY);
	expect_sentence(b, "sched_switch");
	bcc_close(b);
}

static void test_function_of_a_module(void **state)
{
	struct bcc *b;
	int fd;

	if (access("/sys/kernel/btf/overlay", R_OK) != 0)
		test_too_old("no module with BTF is loaded");
	b = open_test_text("int kfunc__ovl_permission(u64 *ctx) { return 0; }\n", NULL);
	fd = bcc_program_load(bcc_program_at(b, 0), BCC_PROG_TYPE_AUTO, NULL);
	if (fd < 0)
		fail_msg("%s", bcc_error(b));
	assert_true(info_of(fd).attach_btf_id > 0);
	assert_true(info_of(fd).attach_btf_obj_id > 1); /* 1 is the kernel's own */
	bcc_close(b);
}

static void count_verifier(void *ctx, enum bcc_log_level level, const char *text)
{
	if (level == BCC_LOG_DEBUG && strstr(text, "processed "))
		++*(int *)ctx;
}

static void test_verifier_log_on_request(void **state)
{
	const char text[] = "int filter(struct __sk_buff *skb) { return 7; }\n";
	int count = 0;
	struct bcc *b;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	assert_int_equal(bcc_open_text(text,
				 &BCC_OPTS(struct bcc_open_opts, .debug = BCC_DEBUG_VERIFIER,
					 .log = count_verifier, .log_ctx = &count),
				 &b),
		0);
	assert_true(bcc_program_load(program(b, "filter"), BPF_PROG_TYPE_SOCKET_FILTER, NULL) >= 0);
	assert_int_equal(count, 1);
	bcc_close(b);
}

static void count_log(void *ctx, enum bcc_log_level level, const char *text)
{
	if (strstr(text, "verifier's log of long_log"))
		++*(int *)ctx;
}

static bool log_is_too_long;
static int loads, loads_with_log;

/* Overrides the C library's syscall(), through which libbpf calls the kernel, to count loads, and to reject a
 * log that is longer than any buffer may be; a program that really has one takes many seconds to verify. */
__attribute__((visibility("default"))) long syscall(long number, ...);
long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long a[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	loads += number == SYS_bpf && a[0] == BPF_PROG_LOAD;
	if (log_is_too_long && number == SYS_bpf && a[0] == BPF_PROG_LOAD &&
		((const union bpf_attr *)a[1])->log_level) {
		loads_with_log++;
		errno = ENOSPC;
		return -1;
	}
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Asking for the verifier's log changes nothing, even if it is longer than the kernel allows. */
static void test_log_that_is_too_long(void **state)
{
	static const char text[] = "int long_log(struct __sk_buff *skb) { return skb->len; }\n";
	struct bcc *b;
	int logs = 0;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	expect_ok(b, bcc_open_text(text,
			     &BCC_OPTS(struct bcc_open_opts, .debug = BCC_DEBUG_VERIFIER, .log = count_log,
				     .log_ctx = &logs),
			     &b));
	log_is_too_long = true;
	if (bcc_program_load(bcc_program_find(b, "long_log"), BPF_PROG_TYPE_SOCKET_FILTER, NULL) < 0)
		fail_msg("%.400s", bcc_error(b));
	log_is_too_long = false;
	assert_true(loads_with_log > 0);
	assert_int_equal(logs, 1);
	bcc_close(b);
}

/* Looking at a program once more, to say what is wrong with it, is enough: each time takes seconds. */
static void test_too_complex(void **state)
{
	/* long rounds: at each jump back the kernel compares the state with earlier ones, which takes more
	 * time than the instructions themselves */
	static const char text[] = "BPF_ARRAY(sums, u64, 1);\n"
				   "#define STEPS(x) x x x x x x x x\n"
				   "int complex(struct pt_regs *ctx, struct task_struct *t) {\n"
				   "	u64 s = t->parent->pid;\n"
				   "	for (int i = 0; i < 1000000; i++) {\n"
				   "		STEPS(STEPS(s += s << 3 ^ s >> 5;))\n"
				   "	}\n"
				   "	int zero = 0;\n"
				   "	sums.update(&zero, &s);\n"
				   "	return 0;\n"
				   "}\n";
	struct bcc *b = open_test_text(text, NULL);

	loads = 0;
	expect_return(b, bcc_program_load(program(b, "complex"), BPF_PROG_TYPE_KPROBE, NULL), -E2BIG);
	assert_int_equal(loads, 2);
	expect_sentence(b, "too complex");
	assert_true(strlen(bcc_error(b)) < 4096);
	bcc_close(b);
}

/* The kernel takes the type, attach type and flags that the table has for a section. */
static void test_sections(void **state)
{
	static const struct {
		const char *section, *context;
		uint32_t type;
	} sections[] = {
		{"kprobe", "pt_regs", BPF_PROG_TYPE_KPROBE},
		{"kretprobe/do_exit", "pt_regs", BPF_PROG_TYPE_KPROBE},
		{"ksyscall/getppid", "pt_regs", BPF_PROG_TYPE_KPROBE},
		{"usdt", "pt_regs", BPF_PROG_TYPE_KPROBE},
		{"tp/sched/sched_switch", "trace_entry", BPF_PROG_TYPE_TRACEPOINT},
		{"raw_tracepoint/sys_enter", "bpf_raw_tracepoint_args", BPF_PROG_TYPE_RAW_TRACEPOINT},
		{"raw_tp.w/sys_enter", "bpf_raw_tracepoint_args", BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE},
		{"perf_event", "bpf_perf_event_data", BPF_PROG_TYPE_PERF_EVENT},
		{"xdp", "xdp_md", BPF_PROG_TYPE_XDP},
		{"xdp/devmap", "xdp_md", BPF_PROG_TYPE_XDP},
		{"xdp.frags/cpumap", "xdp_md", BPF_PROG_TYPE_XDP},
		{"tc/ingress", "__sk_buff", BPF_PROG_TYPE_SCHED_CLS},
		{"tcx/egress", "__sk_buff", BPF_PROG_TYPE_SCHED_CLS},
		{"netkit/peer", "__sk_buff", BPF_PROG_TYPE_SCHED_CLS},
		{"action", "__sk_buff", BPF_PROG_TYPE_SCHED_ACT},
		{"lwt_seg6local", "__sk_buff", BPF_PROG_TYPE_LWT_SEG6LOCAL},
		{"socket", "__sk_buff", BPF_PROG_TYPE_SOCKET_FILTER},
		{"sk_reuseport/migrate", "sk_reuseport_md", BPF_PROG_TYPE_SK_REUSEPORT},
		{"sk_lookup", "bpf_sk_lookup", BPF_PROG_TYPE_SK_LOOKUP},
		{"sk_skb/verdict", "__sk_buff", BPF_PROG_TYPE_SK_SKB},
		{"sockops", "bpf_sock_ops", BPF_PROG_TYPE_SOCK_OPS},
		{"cgroup/skb", "__sk_buff", BPF_PROG_TYPE_CGROUP_SKB},
		{"cgroup/sock_release", "bpf_sock", BPF_PROG_TYPE_CGROUP_SOCK},
		{"cgroup/post_bind6", "bpf_sock", BPF_PROG_TYPE_CGROUP_SOCK},
		{"cgroup/connect4", "bpf_sock_addr", BPF_PROG_TYPE_CGROUP_SOCK_ADDR},
		{"cgroup/sendmsg6", "bpf_sock_addr", BPF_PROG_TYPE_CGROUP_SOCK_ADDR},
		{"cgroup/getsockopt", "bpf_sockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT},
		{"cgroup/sysctl", "bpf_sysctl", BPF_PROG_TYPE_CGROUP_SYSCTL},
		{"cgroup/dev", "bpf_cgroup_dev_ctx", BPF_PROG_TYPE_CGROUP_DEVICE},
		{"syscall", "trace_entry", BPF_PROG_TYPE_SYSCALL},
	};
	char text[8192];
	size_t length = 0;
	struct bcc *b;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		length += snprintf(text + length, sizeof(text) - length,
			"SEC(\"%s\") int f%zu(struct %s *ctx) { return 1; }\n", sections[i].section, i,
			sections[i].context);
	assert_true(length < sizeof(text));
	b = open_test_text(text, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		char name[8];
		int fd;

		snprintf(name, sizeof(name), "f%zu", i);
		fd = bcc_program_load(program(b, name), BCC_PROG_TYPE_AUTO, NULL);
		if (fd < 0)
			fail_msg("SEC(\"%s\"): %s", sections[i].section, bcc_error(b));
		assert_int_equal(info_of(fd).type, sections[i].type);
	}
	bcc_close(b);
}

/* A symbol may have the name of a section, also of one that the library adds. */
static const char like_sections_text[] =
	"char license[] SEC(\"license\") = \"Dual BSD/GPL\";\n"
	"BPF_ARRAY(classifier, u64, 1);\n"
	"u32 flow_dissector = 5;\n"
	"static __attribute__((noinline)) int action(int n) { return n + flow_dissector; }\n"
	"SEC(\"sockops\") int sockops(struct bpf_sock_ops *ctx) { return 1; }\n"
	"SEC(\"xdp\") int xdp(struct xdp_md *ctx) { return XDP_DROP; }\n"
	"SEC(\"xdp\") int second(struct xdp_md *ctx) { return XDP_TX; }\n"
	"SEC(\"socket\") int socket(struct __sk_buff *skb) { return 3; }\n"
	"SEC(\"tc\") int tc(struct __sk_buff *skb) { return flow_dissector; }\n"
	"SEC(\"classifier\") int counts(struct __sk_buff *skb) { classifier.increment(0); return 1; }\n"
	"SEC(\"action\") int adds(struct __sk_buff *skb) { return action(2); }\n";

static void test_symbols_like_sections(void **state)
{
	static const struct {
		const char *name;
		int type;
		uint32_t result;
	} programs[] = {{"xdp", BPF_PROG_TYPE_XDP, 1}, {"second", BPF_PROG_TYPE_XDP, 3},
		{"socket", BPF_PROG_TYPE_SOCKET_FILTER, 3}, {"tc", BPF_PROG_TYPE_SCHED_CLS, 5},
		{"counts", BPF_PROG_TYPE_SCHED_CLS, 1}, {"adds", BPF_PROG_TYPE_SCHED_ACT, 7}};
	struct bcc *b = open_test_text(like_sections_text, NULL);
	struct bpf_prog_info info;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		fd = bcc_program_load(program(b, programs[i].name), BCC_PROG_TYPE_AUTO, NULL);
		if (fd < 0)
			fail_msg("%s: %s", programs[i].name, bcc_error(b));
		info = info_of(fd);
		assert_string_equal(info.name, programs[i].name);
		assert_int_equal(info.type, programs[i].type);
		assert_int_equal(info.gpl_compatible, 1);
		assert_true(info.nr_func_info > 0 && info.nr_line_info > 0);
		assert_int_equal(run_filter(fd), programs[i].result);
	}
	assert_int_equal(table_u64(b, "classifier", 0), 1);
	fd = bcc_program_load(program(b, "sockops"), BCC_PROG_TYPE_AUTO, NULL);
	if (fd < 0)
		fail_msg("sockops: %s", bcc_error(b));
	assert_int_equal(info_of(fd).type, BPF_PROG_TYPE_SOCK_OPS);
	bcc_close(b);

	b = open_test_text("SEC(\"socket\") int license(struct __sk_buff *skb) { return 4; }", NULL);
	fd = bcc_program_load(program(b, "license"), BCC_PROG_TYPE_AUTO, NULL);
	if (fd < 0)
		fail_msg("license: %s", bcc_error(b));
	assert_int_equal(run_filter(fd), 4);
	assert_int_equal(info_of(fd).gpl_compatible, 1);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rejected_program),
		cmocka_unit_test(test_long_verifier_log),
		cmocka_unit_test(test_too_complex),
		cmocka_unit_test(test_type_must_be_known),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_kernel_has_names_and_lines),
		cmocka_unit_test(test_linked_programs_compute),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_function_of_a_module),
		cmocka_unit_test(test_verifier_log_on_request),
		cmocka_unit_test(test_log_that_is_too_long),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_symbols_like_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
