/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel memory read by plain loads, where the kernel has them, and by helper calls: the results are the
 * same, and right. */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "common/array.h"
#include "testlib.h"

#define SLOTS 32

/* Runs once for each getpgid(address) of this process. */
static const char head[] =
	"#include <uapi/linux/ptrace.h>\n#include <linux/sched.h>\n"
	"struct thing { u8 byte; u16 half; u32 word; u64 whole; u32 low : 5, middle : 13, high : 14; s8 negative;\n"
	"  struct thing *next; u16 numbers[8]; };\n"
	"BPF_ARRAY(out, u64, 32);\n"
	"static inline void put(int slot, u64 value) { out.update(&slot, &value); }\n";
static const char untyped[] =
	"RAW_TRACEPOINT_PROBE(sys_enter) {\n"
	"  if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != NR) return 0;\n"
	"  struct pt_regs *regs = (struct pt_regs *)ctx->args[0];\n"
	"  struct thing *thing = (struct thing *)PT_REGS_PARM1(regs);\n"
	"  struct task_struct *t = (struct task_struct *)bpf_get_current_task();\n";
static const char typed[] =
	"SEC(\"tp_btf/sys_enter\") int BPF_PROG(on_call, struct pt_regs *regs, long id) {\n"
	"  if (bpf_get_current_pid_tgid() >> 32 != PID || id != NR) return 0;\n"
	"  struct thing *thing = (struct thing *)PT_REGS_PARM1(regs);\n"
	"  struct task_struct *t = (struct task_struct *)bpf_get_current_task_btf();\n";

/* An attached program, and what was logged on the way. */
struct reader {
	struct bcc *b;
	bool casts;		/* it has loads through casts */
	bool lost_types, calls; /* and what was rejected */
};

struct seen {
	uint64_t out[SLOTS];
};

static void look_at_log(void *ctx, enum bcc_log_level level, const char *text)
{
	struct reader *reader = ctx;

	if (level == BCC_LOG_DEBUG && strstr(text, "bpf_rdonly_cast"))
		reader->casts = true;
	if (level == BCC_LOG_INFO && strstr(text, "without its types"))
		reader->lost_types = true;
	if (level == BCC_LOG_INFO && strstr(text, "by helper calls"))
		reader->calls = true;
}

static void reader_open(struct reader *reader, const char *way, const char *program, const char *statements)
{
	char pid[32], nr[32], *text;
	const char *flags[] = {pid, nr};

	*reader = (struct reader){0};
	setenv("BCC_READS", way, 1);
	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	snprintf(nr, sizeof(nr), "-DNR=%d", SYS_getpgid);
	assert_true(asprintf(&text, "%s%s%s\n  return 0;\n}\n", head, program, statements) > 0);
	if (bcc_open_text(text,
		    &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 2,
			    .debug = BCC_DEBUG_ASM, .log = look_at_log, .log_ctx = reader),
		    &reader->b))
		fail_msg("%s\n%s", bcc_error(reader->b), text);
	if (bcc_attach_all(reader->b) != 1)
		fail_msg("%s\n%s", bcc_error(reader->b), text);
	free(text);
}

static struct seen reader_ask(struct reader *reader, const void *argument)
{
	struct bcc_table *table = bcc_table_find(reader->b, "out");
	struct seen seen = {0};

	assert_non_null(table);
	for (int i = 0; i < SLOTS; i++)
		expect_ok(
			reader->b, bcc_table_set(table, &i, sizeof(i), &seen.out[i], sizeof(seen.out[i]), 0));
	syscall(SYS_getpgid, argument);
	for (int i = 0; i < SLOTS; i++)
		expect_ok(reader->b, bcc_table_get(table, &i, sizeof(i), &seen.out[i], sizeof(seen.out[i])));
	return seen;
}

/* All ways. */
struct readers {
	struct reader automatic, helper, single;
};

static void readers_open(struct readers *r, const char *program, const char *statements)
{
	reader_open(&r->automatic, "auto", program, statements);
	reader_open(&r->helper, "helper", program, statements);
	reader_open(&r->single, "single", program, statements);
	assert_false(r->helper.casts);
	assert_false(r->single.casts);
}

static void readers_close(struct readers *r)
{
	bcc_close(r->automatic.b);
	bcc_close(r->helper.b);
	bcc_close(r->single.b);
}

/* They all see the same, which is returned. */
static struct seen readers_ask(struct readers *r, const void *argument)
{
	struct seen automatic = reader_ask(&r->automatic, argument),
		    helper = reader_ask(&r->helper, argument), single = reader_ask(&r->single, argument);

	assert_memory_equal(automatic.out, single.out, sizeof(single.out));
	assert_memory_equal(helper.out, single.out, sizeof(single.out));
	return automatic;
}

static struct seen run_all(const char *program, const char *statements, const void *argument)
{
	struct readers readers;
	struct seen seen;

	readers_open(&readers, program, statements);
	assert_false(readers.automatic.calls);
	seen = readers_ask(&readers, argument);
	readers_close(&readers);
	return seen;
}

static void check_fields(const char *program)
{
	struct seen seen = run_all(program,

		"put(0, t->pid); put(1, t->tgid); put(2, t->real_parent->tgid); put(3, t->group_leader->pid);\n"
		"put(4, t->signal->rlim[7].rlim_cur); put(5, t->comm[0]); put(6, t->comm[5]);\n"
		"put(7, t->real_parent->group_leader->real_parent == t->real_parent->real_parent);\n"
		"int last = 0; for (int i = 0; i < 16 && t->comm[i]; i++) last = i; put(8, last);\n"
		"put(9, (u64)t->mm->start_stack); put(10, t->static_prio);\n",
		NULL);
	struct rlimit files;
	char line[64];
	FILE *f = fopen("/proc/self/stat", "re");
	unsigned long long stack = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	assert_non_null(f);
	for (int i = 0; i < 28; i++) /* proc(5): field 28 is startstack; this process' name has no blank */
		assert_int_equal(fscanf(f, "%63s", line), 1);
	stack = strtoull(line, NULL, 10);
	fclose(f);
	assert_int_equal(seen.out[0], getpid());
	assert_int_equal(seen.out[1], getpid());
	assert_int_equal(seen.out[2], getppid());
	assert_int_equal(seen.out[3], getpid());
	assert_int_equal(seen.out[4], files.rlim_cur);
	assert_int_equal(seen.out[5], 'r');
	assert_int_equal(seen.out[6], 'w');
	assert_int_equal(seen.out[7], 1);
	assert_int_equal(seen.out[8], strlen("read_ways") - 1);
	assert_int_equal(seen.out[9], stack);
	assert_int_equal(seen.out[10], 120 + getpriority(PRIO_PROCESS, 0));
}

static void test_fields(void **state)
{
	prctl(PR_SET_NAME, "read_ways");
	check_fields(untyped);
}

static void test_fields_with_types(void **state)
{
	prctl(PR_SET_NAME, "read_ways");
	check_fields(typed);
}

/* As the texts see it. */
struct thing {
	uint8_t byte;
	uint16_t half;
	uint32_t word;
	uint64_t whole;
	uint32_t low : 5, middle : 13, high : 14;
	int8_t negative;
	struct thing *next;
	uint16_t numbers[8];
};

static const char read_thing[] =
	"put(0, thing->byte); put(1, thing->half); put(2, thing->word); put(3, thing->whole);\n"
	"put(4, thing->low); put(5, thing->middle); put(6, thing->high); put(7, (s64)thing->negative);\n"
	"put(8, thing->next->next->byte); put(9, thing->next->word);\n"
	"u32 sum = 0; for (int i = 0; i < 8; i++) sum += thing->numbers[i]; put(10, sum);\n"
	"put(11, thing->numbers[thing->byte & 7]);\n"
	"struct thing copy = *thing; put(12, copy.whole); put(13, 1);\n";

/* Texts follow user pointers like kernel pointers. */
static void test_user_memory(void **state)
{
	struct thing things[] = {
		{0xa3, 0xbeef, 0xdeadbeef, 0x0123456789abcdef, 21, 5000, 16000, -7, &things[1],
			{1, 2, 3, 4, 5, 6, 7, 8}},
		{.word = 77, .next = &things[0]},
	};
	struct seen seen = run_all(untyped, read_thing, things);
	static const uint64_t expected[SLOTS] = {0xa3, 0xbeef, 0xdeadbeef, 0x0123456789abcdef, 21, 5000,
		16000, (uint64_t)-7, 0xa3, 77, 36, 4, 0x0123456789abcdef, 1};

	assert_memory_equal(seen.out, expected, sizeof(expected));
}

/* What cannot be read is 0, and the program goes on. */
static void test_bad_pointers(void **state)
{
	static const uint64_t zeros[SLOTS] = {[13] = 1};
	void *unmapped = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *const bad[] = {
		NULL,
		(void *)16,
		unmapped,
		(void *)0x00007ffffffff000, /* after user memory */
		(void *)0x0000800000000000, /* not a valid address on x86-64 */
		(void *)0x8000000000000000,
		(void *)0xdead000000000122, /* LIST_POISON2 of <linux/poison.h> */
		(void *)0xfffffffffffff000, /* an error pointer of the kernel */
		(void *)-22L,
	};

	struct readers readers;

	readers_open(&readers, untyped, read_thing);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct seen seen = readers_ask(&readers, bad[i]);

		assert_memory_equal(seen.out, zeros, sizeof(zeros));
	}
	readers_close(&readers);
	munmap(unmapped, 4096);
}

/* An object of which only the first part can be read. */
static void test_half_readable(void **state)
{
	uint8_t *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	static const uint64_t expected[SLOTS] = {[0] = 0xa3, [1] = 0xbeef, [13] = 1};
	static const struct thing thing = {.byte = 0xa3, .half = 0xbeef, .word = 5, .whole = 6};
	struct seen seen;

	assert_ptr_not_equal(page, MAP_FAILED);
	memcpy(page + 4096 - offsetof(struct thing, word), &thing, sizeof(thing));
	assert_int_equal(mprotect(page + 4096, 4096, PROT_NONE), 0);
	seen = run_all(untyped, read_thing, page + 4096 - offsetof(struct thing, word));
	assert_memory_equal(seen.out, expected, sizeof(expected));
	munmap(page, 8192);
}

/* A text that leaves no more stack than is indispensable: it is read in the way that needs least. */
static void test_little_stack(void **state)
{
	static const char statements[] =
		"struct { u64 w[57]; } big; __builtin_memset(&big, 7, sizeof(big));\n"
		"u64 sum = t->pid + t->tgid + t->prio + t->static_prio + t->normal_prio;\n"
		"bpf_probe_read_kernel(&big, 8, &t->start_time); put(0, sum + (big.w[56] != 0x0707070707070707));\n";
	struct seen seen = run_all(untyped, statements, NULL);

	assert_int_equal(seen.out[0], 2 * getpid() + 3 * (120 + getpriority(PRIO_PROCESS, 0)));
}

/* Each of ten thousand loads adds a branch for the verifier, which rejects that, and accepts the calls. */
static void test_refused_loads(void **state)
{
	static const char statements[] =
		"u64 sum = 0; for (int i = 0; i < 10000; i++) { sum += t->tgid; t = t->group_leader; }\n"
		"put(0, sum);\n";
	struct readers readers;
	struct seen seen;
	bool casts;

	readers_open(&readers, untyped, statements);
	seen = readers_ask(&readers, NULL);
	assert_int_equal(seen.out[0], 10000LL * getpid());
	casts = readers.automatic.casts;
	assert_int_equal(readers.automatic.calls, casts);
	assert_false(readers.helper.calls);
	readers_close(&readers);
	if (!casts)
		test_too_old("this kernel has no bpf_rdonly_cast() without a type");
}

/* What the verifier tracks can be passed to a helper that requires a type. */
static void test_typed_pointers(void **state)
{
	static const char statements[] =
		"u64 *p = of_task.task_storage_get(t->group_leader, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);\n"
		"if (p) { *p += 7; put(0, *p); }\n"
		"put(1, t->real_parent->tgid); put(2, t->comm[1]); put(3, thing->word);\n";
	struct thing thing = {.word = 0x1234567};
	struct reader reader;
	struct seen seen;
	char *program;

	prctl(PR_SET_NAME, "read_ways");
	assert_true(asprintf(&program, "BPF_TASK_STORAGE(of_task, u64);\n%s", typed) > 0);
	reader_open(&reader, "auto", program, statements);
	assert_false(reader.lost_types);
	reader_ask(&reader, NULL);
	seen = reader_ask(&reader, &thing);
	assert_int_equal(seen.out[0], 14);
	assert_int_equal(seen.out[1], getppid());
	assert_int_equal(seen.out[2], 'e');
	assert_int_equal(seen.out[3], 0x1234567);
	bcc_close(reader.b);
	free(program);
}

/* Another type than the verifier knows: it rejects the loads, and accepts the program without them. */
static void test_other_types(void **state)
{
	static const char statements[] =
		"struct longer { struct task_struct task; char more[4096]; u8 last; } *l = (struct longer *)t;\n"
		"put(0, t->pid); put(1, l->task.tgid); put(2, l->last * 0); put(3, l->task.real_parent->tgid);\n";
	struct readers readers;
	struct seen seen;

	readers_open(&readers, typed, statements);
	seen = readers_ask(&readers, NULL);
	assert_int_equal(seen.out[0], getpid());
	assert_int_equal(seen.out[1], getpid());
	assert_int_equal(seen.out[3], getppid());
	readers_close(&readers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_fields_with_types),
		cmocka_unit_test(test_user_memory),
		cmocka_unit_test(test_bad_pointers),
		cmocka_unit_test(test_half_readable),
		cmocka_unit_test(test_little_stack),
		cmocka_unit_test(test_refused_loads),
		cmocka_unit_test(test_typed_pointers),
		cmocka_unit_test(test_other_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
