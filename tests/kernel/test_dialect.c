/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in libbpf's dialect: nothing is installed, and nothing is rewritten. */
#include "map_run.h"
#include "own_events.h"
#include "static_probe.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include <bpf/btf.h>

#define HEADERS                                                                                              \
	"#include \"vmlinux.h\"\n"                                                                           \
	"#include <bpf/bpf_helpers.h>\n"                                                                     \
	"#include <bpf/bpf_core_read.h>\n"                                                                   \
	"#include <bpf/bpf_tracing.h>\n"                                                                     \
	"#include <bpf/bpf_endian.h>\n"                                                                      \
	"char LICENSE[] SEC(\"license\") = \"GPL\";\n"
#define OUT                                                                                                  \
	"struct {\n"                                                                                         \
	"	__uint(type, BPF_MAP_TYPE_ARRAY);\n"                                                               \
	"	__uint(max_entries, 32);\n"                                                                        \
	"	__type(key, u32);\n"                                                                               \
	"	__type(value, u64);\n"                                                                             \
	"} out SEC(\".maps\");\n"                                                                            \
	"static __always_inline void put(u32 slot, u64 value)\n"                                             \
	"{\n"                                                                                                \
	"	bpf_map_update_elem(&out, &slot, &value, BPF_ANY);\n"                                              \
	"}\n"

/* Runs the statements once, in this process. */
static struct bcc *run_statements(const char *before, const char *statements)
{
	struct bcc_test_run run = {.size = sizeof(run)};
	struct bcc *b;
	char *text;

	assert_true(asprintf(&text, "%s%s%sSEC(\"syscall\") int run(void *ctx)\n{\n%s\treturn 0;\n}\n",
			    HEADERS, OUT, before, statements) > 0);
	b = open_test_text(text, NULL);
	free(text);
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "run"), &run));
	return b;
}

static void expect_values(struct bcc *b, const uint64_t *expected, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (table_u64(b, "out", i) != expected[i])
			fail_msg("value %zu is %llu, not %llu", i, (unsigned long long)table_u64(b, "out", i),
				(unsigned long long)expected[i]);
	bcc_close(b);
}

/* ---- a whole program ---- */

struct event {
	uint32_t pid, ppid;
	uint64_t number;
	char comm[16];
};

static struct event events[8];
static size_t event_count;

static int on_event(void *ctx, int cpu, const void *data, size_t size)
{
	assert_true(size >= sizeof(struct event));
	if (event_count < 8)
		memcpy(&events[event_count++], data, sizeof(struct event));
	return 0;
}

static void test_program(void **state)
{
	static const char text[] =
		HEADERS OUT "const volatile int target = 0;\n"
			    "u64 calls = 0;\n"
			    "struct event { u32 pid, ppid; u64 number; char comm[16]; };\n"
			    "struct {\n"
			    "	__uint(type, BPF_MAP_TYPE_RINGBUF);\n"
			    "	__uint(max_entries, 64 * 1024);\n"
			    "} events SEC(\".maps\");\n"
			    "static __noinline int add(u32 slot, u64 n)\n"
			    "{\n"
			    "	u64 *sum = bpf_map_lookup_elem(&out, &slot);\n"
			    "	if (sum)\n"
			    "		__sync_fetch_and_add(sum, n);\n"
			    "	return 0;\n"
			    "}\n"
			    "SEC(\"tp/syscalls/sys_enter_getpgid\")\n"
			    "int tracepoint__no__such(struct trace_event_raw_sys_enter *ctx)\n"
			    "{\n"
			    "	struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"
			    "	struct event *e;\n"
			    "	if (bpf_get_current_pid_tgid() >> 32 != target)\n"
			    "		return 0;\n"
			    "	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);\n"
			    "	if (!e)\n"
			    "		return 0;\n"
			    "	e->pid = target;\n"
			    "	e->ppid = BPF_CORE_READ(task, real_parent, tgid);\n"
			    "	e->number = ctx->args[0];\n"
			    "	BPF_CORE_READ_STR_INTO(&e->comm, task, comm);\n"
			    "	bpf_ringbuf_submit(e, 0);\n"
			    "	add(0, ctx->args[0]);\n"
			    "	calls++;\n"
			    "	return 0;\n"
			    "}\n"
			    "SEC(\"raw_tp/sys_enter\")\n"
			    "int BPF_PROG(entered, struct pt_regs *regs, long id)\n"
			    "{\n"
			    "	if (bpf_get_current_pid_tgid() >> 32 == target && id == " OWN_CALL ")\n"
			    "		add(1, PT_REGS_PARM1_CORE_SYSCALL(regs));\n"
			    "	return 0;\n"
			    "}\n";
	char comm[16] = "";
	uint64_t calls = 0;
	int pid = getpid();
	struct bcc *b = NULL;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	if (access("/sys/kernel/tracing/events/syscalls", F_OK))
		test_missing("this kernel has no tracepoints of system calls");
	expect_ok(b, bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b));
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, "target"), &pid, sizeof(pid)));
	expect_ok(b, bcc_create(b));
	expect_return(b, bcc_attach_all(b), 2);
	expect_ok(b, bcc_open_ring(b, "events", on_event, NULL));
	event_count = 0;
	own_event(1);
	own_event(0x100000000);
	own_event(4);
	assert_true(bcc_poll(b, 1000) >= 0);
	assert_int_equal(event_count, 3);
	assert_int_equal(pthread_getname_np(pthread_self(), comm, sizeof(comm)), 0);
	for (size_t i = 0; i < event_count; i++) {
		assert_int_equal(events[i].pid, pid);
		assert_int_equal(events[i].ppid, getppid());
		assert_string_equal(events[i].comm, comm);
	}
	assert_int_equal(events[1].number, 0x100000000);
	assert_int_equal(table_u64(b, "out", 0), 0x100000005);
	assert_int_equal(table_u64(b, "out", 1), 0x100000005);
	expect_ok(b, bcc_variable_get(bcc_variable_find(b, "calls"), &calls, sizeof(calls)));
	assert_int_equal(calls, 3);
	bcc_close(b);
}

/* ---- reading ---- */

static void test_reads(void **state)
{
	struct bcc *b = run_statements(
		"struct task_struct___gone { int no_such_member; } __attribute__((preserve_access_index));\n",
		"	struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"
		"	struct task_struct *parent = 0;\n"
		"	int tgid = 0;\n"
		"	put(0, BPF_CORE_READ(task, tgid));\n"
		"	put(1, BPF_CORE_READ(task, real_parent, tgid));\n"
		"	put(2, BPF_CORE_READ(task, group_leader, group_leader, group_leader, tgid));\n"
		"	BPF_CORE_READ_INTO(&tgid, task, real_parent, group_leader, tgid);\n"
		"	put(3, tgid);\n"
		"	bpf_core_read(&parent, sizeof(parent), &task->real_parent);\n"
		"	bpf_core_read(&tgid, sizeof(tgid), &parent->tgid);\n"
		"	put(4, tgid);\n"
		/* the running kernel's own struct gets what it lacks, and what another one is said to have */
		"	put(5, bpf_core_field_exists(task->member_of_another_kernel));\n"
		"	put(6, bpf_core_field_exists(struct task_struct, tgid));\n"
		"	put(7, bpf_core_field_exists(((struct task_struct___gone *)task)->no_such_member));\n"
		"	if (bpf_core_field_exists(task->member_of_another_kernel))\n"
		"		put(8, BPF_CORE_READ(task, member_of_another_kernel));\n"
		"	put(9, bpf_core_type_exists(struct task_struct));\n"
		"	put(10, bpf_core_type_size(struct task_struct___gone) > 1000);\n"
		"	put(11, bpf_core_enum_value(enum pid_type, PIDTYPE_SID));\n"
		"	put(12, bpf_core_field_size(task->comm));\n"
		"	put(13, BPF_PROBE_READ(task, real_parent, tgid));\n");
	const uint64_t expected[] = {
		getpid(), getppid(), getpid(), getppid(), getppid(), 0, 1, 0, 0, 1, 1, 3, 16, getppid()};

	expect_values(b, expected, sizeof(expected) / sizeof(*expected));
}

/* Types and enumerators that this kernel does not have, in the ways in which a text asks for them. */
static void test_other_kernels(void **state)
{
	struct bcc *b = run_statements(
		"static int of_union(union of_another_kernel_too *u)\n{\n	return u->a;\n}\n",
		"	void *task = (void *)bpf_get_current_task();\n"
		"	struct of_another_kernel *other = task;\n"
		"	put(0, bpf_core_type_exists(struct of_another_kernel));\n"
		"	put(1, bpf_core_field_exists(other->member));\n"
		"	put(2, bpf_core_field_exists(struct of_another_kernel, inner.member));\n"
		"	if (bpf_core_type_exists(struct of_another_kernel))\n"
		"		put(3, other->number + BPF_CORE_READ(other, next, next, number));\n"
		"	if (bpf_core_type_exists(union of_another_kernel_too))\n"
		"		put(4, of_union(task));\n"
		"	put(5, bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_of_another_kernel));\n"
		"	put(6, bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_map_lookup_elem));\n"
		"	put(7, bpf_core_enum_value_exists(enum of_another_kernel_also, VALUE_A));\n"
		"	if (bpf_core_enum_value_exists( enum of_another_kernel_also ,\n"
		"		VALUE_B))\n"
		"		put(8, bpf_core_enum_value(enum of_another_kernel_also, VALUE_B));\n"
		"	put(9, bpf_core_enum_value(enum bpf_func_id, BPF_FUNC_map_update_elem));\n");

	expect_values(b, (const uint64_t[]){0, 0, 0, 0, 0, 0, 1, 0, 0, 2}, 10);
}

static void test_bit_fields(void **state)
{
	/* set for this process, and not for its parent */
	struct bcc *b;

	if (access("/sys/kernel/btf/vmlinux", R_OK))
		test_missing("this kernel has no BTF");
	b = run_statements("",
		"	struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"
		"	put(0, BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork));\n"
		"	put(1, BPF_CORE_READ(task, sched_class) != 0);\n");
	expect_values(b, (const uint64_t[]){0, 1}, 2);
}

/* ---- the language ---- */

static void test_macros(void **state)
{
	struct bcc *b = run_statements(
		"__attribute__((noinline)) int by_itself(int a, int b)\n{\n	return a * 10 + b;\n}\n"
		"static long each(u32 i, u64 *sum)\n{\n	*sum += i;\n	return 0;\n}\n",
		"	char text[32] = {};\n"
		"	u64 sum = 0;\n"
		"	put(0, by_itself(4, 2));\n"
		"	BPF_SNPRINTF(text, sizeof(text), \"%d-%s\", 7, \"x\");\n"
		"	put(1, text[0]);\n"
		"	put(2, text[1]);\n"
		"	put(3, text[2]);\n"
		"	put(4, bpf_htons(0x1234));\n"
		"	put(5, bpf_ntohl(0x12345678));\n"
		"	put(6, bpf_cpu_to_be64(1));\n"
		"	put(7, true + false + (NULL == 0));\n"
		"	bpf_printk(\"nothing: %d %d %d %d\", 1, 2, 3, 4);\n"
		"	bpf_printk(\"nothing\");\n");
	const uint64_t expected[] = {42, '7', '-', 'x', 0x3412, 0x78563412, 1ull << 56, 2};

	expect_values(b, expected, sizeof(expected) / sizeof(*expected));
}

/* Functions and variables are often called like their sections; macros meet macros. */
static void test_names(void **state)
{
	struct bcc *b = open_test_text(
		"#include \"vmlinux.h\"\n"
		"#include <bpf/bpf_helpers.h>\n"
		"#include <bpf/bpf_core_read.h>\n"
		"#include <bpf/bpf_tracing.h>\n"
		"#include <string.h>\n"
		"char license[] SEC(\"license\") = \"GPL\";\n"
		"SEC(\"sockops\") int sockops(struct bpf_sock_ops *s)\n{\n	return 1;\n}\n"
		"SEC(\"xdp\") int xdp(struct xdp_md *c)\n{\n	char a[4] = {}, b[4];\n	memcpy(b, a, 4);\n"
		"	return 2 + b[0];\n}\n"
		"SEC(\"?raw_tp/no_such_tracepoint\") int optional(void *c)\n{\n	return 0;\n}\n"
		"SEC(\"ksyscall/mmap\") int BPF_KSYSCALL(six, long a, long b, long c, long d, long e, long f)\n"
		"{\n	bpf_printk(\"%ld %ld %ld %ld\", a, b, c, d);\n	return (e + f) & 1;\n}\n",
		NULL);

	expect_ok(b, bcc_create(b));
	for (size_t i = 0; i < bcc_program_count(b); i++)
		assert_true(bcc_program_load(bcc_program_at(b, i), BCC_PROG_TYPE_AUTO, NULL) >= 0);
	assert_int_equal(bcc_program_count(b), 4);
	bcc_close(b);
}

static bool kernel_has_function(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has = btf && btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;

	btf__free(btf);
	return has;
}

static void test_iterators(void **state)
{
	struct bcc *b;

	if (!kernel_has_function("bpf_iter_num_new"))
		test_too_old("this kernel has no open-coded iterators (6.4)");
	b = run_statements("", "	u64 sum = 0;\n"
			       "	int i;\n"
			       "	bpf_for(i, 1, 101) sum += i;\n"
			       "	bpf_repeat(5) sum += 1000;\n"
			       "	put(0, sum);\n");
	expect_values(b, (const uint64_t[]){10050}, 1);
}

/* ---- attaching by sections ---- */

/* What each of the functions adds, by this process. */
#define COUNTING                                                                                             \
	HEADERS OUT "const volatile int target = PID;\n"                                                     \
		    "#define MINE (bpf_get_current_pid_tgid() >> 32 == target)\n"                            \
		    "static __always_inline void add(u32 slot, u64 n)\n"                                     \
		    "{\n"                                                                                    \
		    "	u64 *sum = bpf_map_lookup_elem(&out, &slot);\n"                                        \
		    "	if (sum)\n"                                                                            \
		    "		*sum += n;\n"                                                                         \
		    "}\n"

static void test_functions(void **state)
{
	static const char text[] =
		COUNTING "SEC(\"ksyscall/getpgid\") int BPF_KSYSCALL(call, int pid)\n"
			 "{\n	if (MINE)\n		add(0, pid);\n	return 0;\n}\n"
			 "SEC(\"kretsyscall/getpgid\") int BPF_KRETPROBE(result, int ret)\n"
			 "{\n	if (MINE)\n		add(1, ret);\n	return 0;\n}\n"
			 "SEC(\"kprobe/find_get_pid\") int BPF_KPROBE(find, int pid)\n"
			 "{\n	if (MINE)\n		add(2, pid);\n	return 0;\n}\n"
			 "SEC(\"kprobe.multi/find_get_pi?\") int BPF_KPROBE(multi, int pid)\n"
			 "{\n	if (MINE)\n		add(3, pid);\n	return 0;\n}\n"
			 "SEC(\"fentry/find_get_pid\") int BPF_PROG(entry, int pid)\n"
			 "{\n	if (MINE)\n		add(4, pid);\n	return 0;\n}\n"
			 "SEC(\"fexit/find_get_pid\") int BPF_PROG(out_of, int pid, struct pid *ret)\n"
			 "{\n	if (MINE)\n		add(5, ret->numbers[0].nr);\n	return 0;\n}\n";
	pid_t pid = getpid(), group = getpgid(0);
	struct bcc *b;

	if (!have_kprobes())
		test_missing("this kernel has no kprobes");
	b = open_test_text(text, NULL);
	/* kprobe and fentry are two ways to one event: the better one is attached */
	expect_return(b, bcc_attach_all(b), 5);
	assert_int_equal(getpgid(pid), group);
	assert_int_equal(getpgid(0), group);
	assert_int_equal(waitid(P_PID, pid, NULL, WNOHANG | WEXITED), -1); /* find_get_pid(pid) */
	assert_int_equal(table_u64(b, "out", 0), pid);
	assert_int_equal(table_u64(b, "out", 1), 2 * group);
	assert_int_equal(table_u64(b, "out", 2), 0);
	for (uint32_t i = 3; i < 6; i++)
		assert_int_equal(table_u64(b, "out", i), pid);
	bcc_close(b);
}

/* The better way does not exist: the other one is taken, and nothing fails. */
static void test_other_way(void **state)
{
	struct bcc *b = open_test_text(COUNTING
		"SEC(\"tp_btf/sys_enter\") int BPF_PROG(typed, struct pt_regs *regs, long id)\n"
		"{\n	if (MINE)\n		add(0, 1);\n	return 0;\n}\n"
		"SEC(\"raw_tp/sys_enter\") int untyped(void *ctx)\n"
		"{\n	if (MINE)\n		add(1, 1);\n	return 0;\n}\n"
		"SEC(\"raw_tp/sys_exit\") int leave(void *ctx)\n"
		"{\n	if (MINE)\n		add(2, 1);\n	return 0;\n}\n",
		NULL);

	expect_return(b, bcc_attach_all(b), 2);
	getpgid(0);
	assert_true(table_u64(b, "out", 0) > 0);
	assert_int_equal(table_u64(b, "out", 1), 0);
	assert_true(table_u64(b, "out", 2) > 0);
	bcc_close(b);
}

static void test_bind(void **state)
{
	struct {
		int *target;
		struct bcc_table *out;
		struct bcc_program *run;
	} bound = {0};
	struct bcc *b = open_test_text(HEADERS OUT
		"int target = 5;\nSEC(\"syscall\") int run(void *ctx)\n{\n	put(0, target);\n	return 0;\n}\n",
		NULL);
	struct bcc_test_run run = BCC_OPTS(struct bcc_test_run, .data = NULL);

	expect_ok(b, bcc_bind(b, (const struct bcc_binding[]){{"target", &bound.target}, {"out", &bound.out},
					 {"run", &bound.run}, {0}}));
	assert_int_equal(*bound.target, 5);
	*bound.target = 6;
	expect_ok(b, bcc_program_test_run(bound.run, &run));
	assert_ptr_equal(bound.out, bcc_table_find(b, "out"));
	assert_int_equal(table_u64(b, "out", 0), 6);
	expect_return(b, bcc_bind(b, (const struct bcc_binding[]){{"tagret", &bound.target}, {0}}), -ENOENT);
	expect_sentence(b, "tagret");
	assert_int_equal(bcc_bind(NULL, NULL), -EINVAL);
	assert_int_equal(bcc_bind(b, NULL), -EINVAL);
	bcc_close(b);
}

/* What the text shows can be overridden. */
static void test_override(void **state)
{
	static const char text[] = "SEC(\"syscall\") int run(void *ctx)\n{\n	return 0;\n}\n";
	struct bcc *b = NULL;

	expect_ok(b, bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .dialect = BCC_DIALECT_BCC), &b));
	bcc_close(b);
	/* in libbpf's dialect SEC() comes from a header */
	assert_int_equal(
		bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .dialect = BCC_DIALECT_LIBBPF), &b),
		-EINVAL);
	bcc_close(b);
	assert_int_equal(bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .dialect = 3), &b), -EINVAL);
	expect_sentence(b, "dialect");
	bcc_close(b);
}

#define PROBE_TEXT(section)                                                                                  \
	HEADERS OUT "#include <bpf/usdt.bpf.h>\n"                                                            \
		    "SEC(\"" section "\") int BPF_USDT(probe, int first, long second)\n"                     \
		    "{\n"                                                                                    \
		    "	long again = 0;\n"                                                                     \
		    "	put(0, first);\n	put(1, second);\n	put(2, bpf_usdt_arg_cnt(ctx));\n"                   \
		    "	put(3, bpf_usdt_arg(ctx, 1, &again));\n	put(4, again);\n"                              \
		    "	put(5, bpf_usdt_arg(ctx, 2, &again) < 0);\n	put(6, again);\n"                          \
		    "	put(7, bpf_usdt_arg_size(ctx, 0));\n	put(8, bpf_usdt_cookie(ctx));\n"                  \
		    "	return 0;\n"                                                                           \
		    "}\n"

static void fire_probe(void)
{
	register uint64_t first __asm__(STATIC_PROBE_ONE) = 0x1122334400000007;
	register uint64_t second __asm__(STATIC_PROBE_TWO) = 0x1122334455667788;

	__asm__ volatile(
		STATIC_PROBE("bcc_test", "dialect", "0", "-4@" STATIC_PROBE_ONE_32 " 8@" STATIC_PROBE_TWO_64)
		:
		: "r"(first), "r"(second));
}

static void test_static_probe(void **state)
{
	const uint64_t expected[] = {7, 0x1122334455667788, 2, 0, 0x1122334455667788, 1, 0, 4, 99};
	struct bcc *b;

	if (access("/sys/bus/event_source/devices/uprobe", F_OK))
		test_missing("this kernel has no uprobes");
	b = open_test_text(PROBE_TEXT("usdt//proc/self/exe:bcc_test:dialect"), NULL);
	expect_ok(b, bcc_program_set_cookie(bcc_program_find(b, "probe"), 99));
	expect_return(b, bcc_attach_all(b), 1);
	fire_probe();
	expect_values(b, expected, sizeof(expected) / sizeof(*expected));
}

/* A program with libbpf's own header has its table, and reads it as that does. */
static void test_static_probe_of_libbpf(void **state)
{
	static const char text[] = HEADERS OUT
		"struct __bpf_usdt_arg_spec {\n"
		"	__u64 val_off;\n	int arg_type;\n	short reg_off;\n"
		"	bool arg_signed;\n	char arg_bitshift;\n};\n"
		"struct __bpf_usdt_spec {\n"
		"	struct __bpf_usdt_arg_spec args[12];\n	__u64 usdt_cookie;\n	short arg_cnt;\n};\n"
		"struct {\n"
		"	__uint(type, BPF_MAP_TYPE_ARRAY);\n	__uint(max_entries, 4);\n"
		"	__type(key, int);\n	__type(value, struct __bpf_usdt_spec);\n"
		"} __bpf_usdt_specs SEC(\".maps\");\n"
		"static u64 read(struct pt_regs *ctx, struct __bpf_usdt_arg_spec *a)\n"
		"{\n"
		"	u64 value = a->val_off;\n"
		"	if (a->arg_type > 0)\n"
		"		bpf_probe_read_kernel(&value, 8, (void *)ctx + a->reg_off);\n"
		"	if (a->arg_type == 2)\n"
		"		bpf_probe_read_user(&value, 8, (void *)value + a->val_off);\n"
		"	value <<= a->arg_bitshift;\n"
		"	return a->arg_signed ? (s64)value >> a->arg_bitshift : value >> a->arg_bitshift;\n"
		"}\n"
		"SEC(\"usdt//proc/self/exe:bcc_test:dialect\") int probe(struct pt_regs *ctx)\n"
		"{\n"
		"	int id = bpf_get_attach_cookie(ctx);\n"
		"	struct __bpf_usdt_spec *spec = bpf_map_lookup_elem(&__bpf_usdt_specs, &id);\n"
		"	if (!spec)\n		return 0;\n"
		"	put(0, read(ctx, &spec->args[0]));\n	put(1, read(ctx, &spec->args[1]));\n"
		"	put(2, spec->arg_cnt);\n	put(3, spec->usdt_cookie);\n	put(4, id);\n"
		"	return 0;\n"
		"}\n";
	const uint64_t expected[] = {7, 0x1122334455667788, 2, 99, 1};
	struct bcc *b;

	if (access("/sys/bus/event_source/devices/uprobe", F_OK))
		test_missing("this kernel has no uprobes");
	b = open_test_text(text, NULL);
	expect_ok(b, bcc_program_set_cookie(bcc_program_find(b, "probe"), 99));
	expect_return(b, bcc_attach_all(b), 1);
	fire_probe();
	expect_values(b, expected, sizeof(expected) / sizeof(*expected));
}

__attribute__((noinline)) int dialect_target(int n);
int dialect_target(int n)
{
	asm volatile("" : "+r"(n));
	return n + 1;
}

static void test_user_functions(void **state)
{
	char path[256], *text;
	struct bcc *b;
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (access("/sys/bus/event_source/devices/uprobe", F_OK))
		test_missing("this kernel has no uprobes");
	assert_true(length > 0);
	path[length] = '\0';
	assert_true(asprintf(&text,
			    "%s%s"
			    "SEC(\"uprobe/%s:dialect_target\") int BPF_UPROBE(enter, int n)\n"
			    "{\n	put(0, n);\n	return 0;\n}\n"
			    "SEC(\"uretprobe/%s:dialect_target\") int BPF_URETPROBE(leave, int n)\n"
			    "{\n	put(1, n);\n	return 0;\n}\n",
			    HEADERS, OUT, path, path) > 0);
	b = open_test_text(text, NULL);
	free(text);
	expect_return(b, bcc_attach_all(b), 2);
	dialect_target(41);
	expect_values(b, (const uint64_t[]){41, 42}, 2);
}

/* ---- what goes wrong ---- */

static void test_no_license(void **state)
{
	struct bcc *b = open_test_text("#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n"
				       "SEC(\"tp/sched/sched_switch\") int run(void *ctx)\n"
				       "{\n	bpf_printk(\"x\");\n	return 0;\n}\n",
		NULL);

	assert_true(bcc_program_load(bcc_program_find(b, "run"), BCC_PROG_TYPE_AUTO, NULL) < 0);
	expect_sentence(b, "license");
	bcc_close(b);
}

static void test_missing_member(void **state)
{
	struct bcc *b = open_test_text(HEADERS OUT
		"SEC(\"raw_tp/sys_enter\") int run(void *ctx)\n{\n"
		"	struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"
		"	put(0, BPF_CORE_READ(task, member_of_another_kernel));\n	return 0;\n}\n",
		NULL);

	assert_int_equal(bcc_program_load(bcc_program_find(b, "run"), BCC_PROG_TYPE_AUTO, NULL), -EINVAL);
	expect_sentence(b, "this kernel has no task_struct.member_of_another_kernel");
	bcc_close(b);
	b = open_test_text(HEADERS OUT
		"SEC(\"raw_tp/sys_enter\") int run(struct bpf_raw_tracepoint_args *ctx)\n{\n"
		"	struct of_another_kernel *other = (void *)ctx->args[0];\n"
		"	put(0, other->number);\n	return 0;\n}\n",
		NULL);
	assert_int_equal(bcc_program_load(bcc_program_find(b, "run"), BCC_PROG_TYPE_AUTO, NULL), -EINVAL);
	expect_sentence(b, "this kernel has no of_another_kernel.number");
	bcc_close(b);
}

/* Functions and variables that another kernel has: programs without them, and such as never come there, are
 * loaded. */
static void test_missing_extern(void **state)
{
	static const char text[] = HEADERS OUT
		"extern int function_of_another_kernel(int i) __ksym;\n"
		"extern const int variable_of_another_kernel __ksym;\n"
		"extern const void address_of_another_kernel __ksym;\n"
		"const volatile bool never = false;\n"
		"SEC(\"syscall\") int calls(void *ctx)\n"
		"{\n	put(0, function_of_another_kernel(1));\n	return 0;\n}\n"
		"SEC(\"syscall\") int reads(void *ctx)\n"
		"{\n	put(0, (long)&variable_of_another_kernel);\n	return 0;\n}\n"
		"SEC(\"syscall\") int names(void *ctx)\n"
		"{\n	put(0, (long)&address_of_another_kernel);\n	return 0;\n}\n"
		"SEC(\"syscall\") int run(void *ctx)\n"
		"{\n	put(1, 7);\n	if (never)\n		put(1, function_of_another_kernel(1));\n	return 0;\n}\n";
	static const char *const programs[][2] = {{"calls", "this kernel has no function_of_another_kernel"},
		{"reads", "this kernel has no variable_of_another_kernel"},
		{"names", "this kernel has no address_of_another_kernel"}};
	struct bcc_test_run run = {.size = sizeof(run)};
	struct bcc *b = open_test_text(text, NULL);

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		assert_int_equal(
			bcc_program_load(bcc_program_find(b, programs[i][0]), BCC_PROG_TYPE_AUTO, NULL),
			-EINVAL);
		expect_sentence(b, programs[i][1]);
		expect_sentence(b, "Declare it __weak, and ask before with bpf_ksym_exists().");
	}
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "run"), &run));
	expect_values(b, (const uint64_t[]){0, 7}, 2);
}

/* No loader puts addresses there: what a program would read is something else. */
static void test_addresses(void **state)
{
	struct bcc *b = NULL;

	assert_int_equal(
		bcc_open_text(HEADERS OUT
			"const char *texts[] = {\"one\", \"two\"};\n"
			"SEC(\"syscall\") int run(void *ctx)\n{\n	put(0, (long)texts[bpf_get_smp_processor_id() & 1]);\n	return 0;\n}\n",
			NULL, &b),
		-EINVAL);
	expect_sentence(b,
		"function run uses a global variable in section .data that is initialised with an address");
	bcc_close(b);
}

static void test_old_tables(void **state)
{
	struct bcc *b = NULL;

	assert_int_equal(
		bcc_open_text(HEADERS
			"struct bpf_map_def { unsigned type, key_size, value_size, max_entries; };\n"
			"struct bpf_map_def SEC(\"maps\") counts = {BPF_MAP_TYPE_HASH, 4, 8, 16};\n"
			"SEC(\"syscall\") int run(void *ctx)\n{\n"
			"	u32 key = 1;\n	return bpf_map_lookup_elem(&counts, &key) != 0;\n}\n",
			NULL, &b),
		-EINVAL);
	expect_sentence(b, "define them in SEC(\".maps\")");
	bcc_close(b);
}

/* What is not behind a pointer has to be known. */
static void test_missing_type(void **state)
{
	static const char *const statements[] = {"struct of_another_kernel s; put(0, s.x);",
		"put(0, sizeof(struct of_another_kernel));",
		"enum of_another_kernel e = VALUE_A; put(0, e);"};

	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		struct bcc *b = NULL;
		char text[2048];

		snprintf(text, sizeof(text),
			HEADERS OUT
			"SEC(\"raw_tp/sys_enter\") int run(void *ctx)\n{\n	%s\n	return 0;\n}\n",
			statements[i]);
		assert_int_equal(bcc_open_text(text, NULL, &b), -EINVAL);
		expect_sentence(b, "of_another_kernel is not a type of this kernel");
		bcc_close(b);
	}
}

/* Tables whose sizes the text leaves to its loader, which may leave them to the library. */
static void test_left_sizes(void **state)
{
	static const char text[] = HEADERS
		"struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __type(key, u32); } stacks SEC(\".maps\");\n"
		"struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, u32); __type(value, u64); } sums SEC(\".maps\");\n"
		"struct { __uint(type, BPF_MAP_TYPE_RINGBUF); } events SEC(\".maps\");\n"
		"SEC(\"raw_tp/sys_enter\") int run(void *ctx)\n{\n"
		"	u32 key = bpf_get_stackid(ctx, &stacks, 0);\n"
		"	u64 one = 1;\n"
		"	bpf_map_update_elem(&sums, &key, &one, BPF_ANY);\n"
		"	return bpf_ringbuf_output(&events, &one, sizeof(one), 0);\n}\n";
	struct bcc *b = open_test_text(text, NULL);

	expect_map(b, "stacks", BPF_MAP_TYPE_STACK_TRACE, 4, 127 * 8, 16384, 0);
	expect_map(b, "sums", BPF_MAP_TYPE_HASH, 4, 8, 10240, 0);
	expect_map(b, "events", BPF_MAP_TYPE_RINGBUF, 0, 0, 256 << 10, 0);
	assert_non_null(strstr(bcc_warnings(b), "table stacks is: it gets 16384 entries"));
	assert_non_null(strstr(bcc_warnings(b), "table events is: it gets 262144 bytes"));
	assert_true(bcc_program_load(bcc_program_find(b, "run"), BCC_PROG_TYPE_AUTO, NULL) >= 0);
	bcc_close(b);
	b = NULL;
	expect_ok(b, bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b));
	expect_ok(b, bcc_table_set_max_entries(bcc_table_find(b, "sums"), 7));
	expect_ok(b, bcc_create(b));
	expect_map(b, "sums", BPF_MAP_TYPE_HASH, 4, 8, 7, 0);
	assert_null(strstr(bcc_warnings(b), "table sums"));
	bcc_close(b);
}

static void test_bad_targets(void **state)
{
	static const struct {
		const char *section, *said;
	} cases[] = {
		{"uprobe/no_colon", "PATH:FUNCTION"},
		{"uprobe/:f", "PATH:FUNCTION"},
		{"uprobe//no/such/file:f", "/no/such/file"},
		{"uprobe//proc/self/exe:main+12z", "offset"},
		{"uprobe.multi/no_colon", "PATH:FUNCTION"},
		{"tp/sched", "tracepoint"},
		{"usdt/no_colons", "PATH:PROVIDER:NAME"},
		{"usdt/x:y", "PATH:PROVIDER:NAME"},
		{"usdt//proc/self/exe:bcc_test:none", "none"},
		{"raw_tp/no_such_tracepoint", "no_such_tracepoint"},
	};
	char *text;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bcc *b;

		assert_true(asprintf(&text, "%sSEC(\"%s\") int run(void *ctx)\n{\n	return 0;\n}\n",
				    HEADERS, cases[i].section) > 0);
		b = open_test_text(text, NULL);
		free(text);
		if (bcc_attach_all(b) >= 0)
			fail_msg("%s was attached", cases[i].section);
		expect_sentence(b, cases[i].said);
		bcc_close(b);
	}
}

/* A path is not cut: what is left of it may be another file. */
static void test_long_target(void **state)
{
	char path[700], *text;
	struct bcc *b;

	memset(path, '/', sizeof(path));
	strcpy(path + sizeof(path) - 20, "no_such_file");
	assert_true(asprintf(&text, "%sSEC(\"uprobe/%s:f\") int run(void *ctx)\n{\n	return 0;\n}\n",
			    HEADERS, path) > 0);
	b = open_test_text(text, NULL);
	free(text);
	assert_true(bcc_attach_all(b) < 0);
	expect_sentence(b, "no_such_file");
	bcc_close(b);
}

/* LLVM runs out of stack: that is said, and nothing crashes. */
static void test_too_much_stack(void **state)
{
	struct bcc *b = NULL;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);
	int ret;

	assert_non_null(out);
	fprintf(out, "%sstruct task_struct___mine {\n", HEADERS);
	for (int i = 0; i < 150; i++)
		fprintf(out, "	int m%d;\n", i);
	fputs("} __attribute__((preserve_access_index));\nSEC(\"raw_tp/sys_enter\") int run(void *ctx)\n{\n"
	      "	struct task_struct___mine *t = (void *)bpf_get_current_task();\n	int n = 0;\n",
		out);
	for (int i = 0; i < 150; i++)
		fprintf(out, "	if (bpf_core_field_exists(t->m%d)) n++;\n", i);
	fputs("	return n & 1;\n}\n", out);
	fclose(out);
	ret = bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b);
	free(text);
	if (ret)
		expect_sentence(b, "stack");
	bcc_close(b);
}

/* A second text with relocations in one process: LLVM cannot, and would crash. */
static void test_in_process(void **state)
{
	static const char text[] =
		HEADERS "SEC(\"syscall\") int run(void *ctx)\n{\n"
			"	struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"
			"	return BPF_CORE_READ(task, tgid) > 0;\n}\n";
	const struct bcc_open_opts opts =
		BCC_OPTS(struct bcc_open_opts, .compiler = BCC_COMPILER_INPROCESS, .deferred = true);
	struct bcc *b = NULL;

	/* what is in the cache is not compiled */
	setenv("BCC_CACHE", "0", 1);
	expect_ok(b, bcc_open_text(text, &opts, &b));
	bcc_close(b);
	assert_int_equal(bcc_open_text(text, &opts, &b), -EBUSY);
	expect_sentence(b, "BCC_COMPILER_CHILD");
	bcc_close(b);
	unsetenv("BCC_CACHE");
}

/* A vmlinux.h of the caller's own wins, and what it lacks still comes from the kernel. */
static void test_own_header(void **state)
{
	char folder[] = "/tmp/bcc-dialect-XXXXXX", path[64], flag[64];
	static const char header[] =
		"#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n"
		"typedef unsigned int u32;\ntypedef unsigned long long u64;\n"
		"struct task_struct { int tgid; } __attribute__((preserve_access_index));\n"
		"#endif\n";
	struct bcc_test_run run = {.size = sizeof(run)};
	struct bcc *b;
	FILE *f;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/vmlinux.h", folder);
	snprintf(flag, sizeof(flag), "-I%s", folder);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(header, f);
	fclose(f);
	b = open_test_text(HEADERS OUT
		"SEC(\"syscall\") int run(void *ctx)\n{\n"
		"	struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"
		"	struct file *file = 0;\n"
		"	put(0, BPF_CORE_READ(task, tgid));\n"
		"	put(1, bpf_core_field_exists(file->f_op));\n	return 0;\n}\n",
		flag);
	unlink(path);
	rmdir(folder);
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "run"), &run));
	expect_values(b, (const uint64_t[]){getpid(), 1}, 2);
}

/* ---- arenas ---- */

#define ARENA(flags, pages)                                                                                  \
	"#define __arena __attribute__((address_space(1)))\n"                                                \
	"struct {\n"                                                                                         \
	"	__uint(type, BPF_MAP_TYPE_ARENA);\n"                                                               \
	"	__uint(map_flags, BPF_F_MMAPABLE" flags ");\n"                                               \
	"	__uint(max_entries, " pages ");\n"                                                           \
	"} arena SEC(\".maps\");\n"
#define NODES                                                                                                \
	"struct node { struct node __arena *next; u64 value; };\n"                                           \
	"struct node __arena nodes[3];\n"                                                                    \
	"struct node __arena *__arena head;\n"                                                               \
	"u64 __arena start = 5;\n"                                                                           \
	"SEC(\"syscall\") int run(void *ctx)\n"                                                              \
	"{\n"                                                                                                \
	"	for (int i = 0; i < 3; i++) {\n"                                                                   \
	"		nodes[i].value = start + i;\n"                                                                    \
	"		nodes[i].next = i ? &nodes[i - 1] : 0;\n"                                                         \
	"	}\n"                                                                                               \
	"	head = &nodes[2];\n"                                                                               \
	"	return 0;\n"                                                                                       \
	"}\n"

struct arena_node {
	struct arena_node *next;
	uint64_t value;
};

static void refuse_arena(const char *text, int code, const char *why)
{
	struct bcc *b = NULL;

	expect_return(b, bcc_open_text(text, NULL, &b), code);
	expect_sentence(b, why);
	bcc_close(b);
}

/* Variables in an arena are at the same addresses in the program and here. */
static void test_arena(void **state)
{
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .deferred = true);
	struct bcc_test_run run = {.size = sizeof(run)};
	struct arena_node *head, *memory;
	uint64_t start = 0, expected = 42;
	struct bcc *b = NULL;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	if (!test_kernel_is_at_least(6, 9))
		test_too_old("this kernel has no arenas (6.9)");
	expect_ok(b, bcc_open_text(HEADERS ARENA("", "4") NODES, &opts, &b));
	expect_ok(b, bcc_variable_get(bcc_variable_find(b, "start"), &start, sizeof(start)));
	assert_int_equal(start, 5);
	start = 40;
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, "start"), &start, sizeof(start)));
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "run"), &run));
	memory = bcc_variable_memory(bcc_variable_find(b, "nodes"));
	expect_ok(b, bcc_variable_get(bcc_variable_find(b, "head"), &head, sizeof(head)));
	assert_ptr_equal(head, &memory[2]);
	for (; head; head = head->next)
		assert_int_equal(head->value, expected--);
	assert_int_equal(expected, 39);
	/* what this process writes, the program reads */
	*(uint64_t *)bcc_variable_memory(bcc_variable_find(b, "start")) = 7;
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "run"), &run));
	assert_int_equal(memory[2].value, 9);
	bcc_close(b);

	refuse_arena(HEADERS "#define __arena __attribute__((address_space(1)))\n" NODES, -EINVAL,
		"no table of type BPF_MAP_TYPE_ARENA");
	refuse_arena(HEADERS ARENA("", "1") NODES "u8 __arena large[4096];\n", -E2BIG, "the arena 4096");
	refuse_arena(HEADERS ARENA("| (1 << 17)", "4") NODES, -EFAULT, "BPF_F_SEGV_ON_FAULT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_other_kernels),
		cmocka_unit_test(test_bit_fields),
		cmocka_unit_test(test_macros),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_iterators),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_other_way),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_override),
		cmocka_unit_test(test_static_probe),
		cmocka_unit_test(test_static_probe_of_libbpf),
		cmocka_unit_test(test_user_functions),
		cmocka_unit_test(test_no_license),
		cmocka_unit_test(test_missing_member),
		cmocka_unit_test(test_missing_extern),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_old_tables),
		cmocka_unit_test(test_missing_type),
		cmocka_unit_test(test_left_sizes),
		cmocka_unit_test(test_bad_targets),
		cmocka_unit_test(test_long_target),
		cmocka_unit_test(test_too_much_stack),
		cmocka_unit_test(test_in_process),
		cmocka_unit_test(test_own_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
