/* SPDX-License-Identifier: Apache-2.0 */
/* Relocations by types: a text that describes the kernel's structs in its own way gets what this kernel's BTF
 * says about them, which the test reads through libbpf. */
#include "testlib.h"

#include <sys/prctl.h>
#include <bpf/btf.h>

#define TYPES                                                                                                \
	"struct task_struct___mine {\n"                                                                      \
	"	int no_such_field;\n"                                                                              \
	"	int tgid;\n"                                                                                       \
	"	unsigned sched_reset_on_fork : 1;\n"                                                               \
	"	char comm[16];\n"                                                                                  \
	"	struct task_struct___mine *group_leader;\n"                                                        \
	"} __attribute__((preserve_access_index));\n"                                                        \
	"struct page___mine { struct address_space *mapping; } __attribute__((preserve_access_index));\n"    \
	"struct no_such_struct { int a; } __attribute__((preserve_access_index));\n"                         \
	"struct pid_namespace___odd { struct { int a; } level; } __attribute__((preserve_access_index));\n"  \
	"enum pid_type___mine { PIDTYPE_SID___mine = 99, NO_SUCH_TYPE = 3 };\n"                              \
	"BPF_ARRAY(out, u64, 32);\n"                                                                         \
	"#define PUT(n, v) do { int k_ = n; u64 v_ = (v); out.update(&k_, &v_); } while (0)\n"               \
	"#define FIELD(x, kind) __builtin_preserve_field_info(x, kind)\n"                                    \
	"#define TYPE(x, kind) __builtin_preserve_type_info(*(x *)0, kind)\n"                                \
	"#define ENUMERATOR(x, name, kind) __builtin_preserve_enum_value(*(x *)name, kind)\n"

enum { OFFSET, SIZE, EXISTS, SIGNED, LEFT, RIGHT }; /* field kinds */

static struct btf *types;

static int open_types(void **state)
{
	types = btf__load_vmlinux_btf();
	return 0;
}

static int close_types(void **state)
{
	btf__free(types);
	return 0;
}

/* Bits from the beginning of the struct, through members without a name; -1: it has no such member. */
static int64_t offset_in(const struct btf_type *t, const char *name, uint32_t *bits)
{
	for (int i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *other = btf__str_by_offset(types, m->name_off);
		const struct btf_type *inner = btf__type_by_id(types, m->type);
		int64_t deeper;

		if (!strcmp(other, name)) {
			*bits = btf_member_bitfield_size(t, i);
			return btf_member_bit_offset(t, i);
		}
		deeper = !*other && btf_is_composite(inner) ? offset_in(inner, name, bits) : -1;
		if (deeper >= 0)
			return btf_member_bit_offset(t, i) + deeper;
	}
	return -1;
}

static const struct btf_type *kernel_struct(const char *name)
{
	int id = btf__find_by_name_kind(types, name, BTF_KIND_STRUCT);

	assert_true(id > 0);
	return btf__type_by_id(types, id);
}

static uint64_t offset_of(const char *type, const char *name)
{
	uint32_t bits = 0;
	int64_t offset = offset_in(kernel_struct(type), name, &bits);

	assert_true(offset >= 0);
	return offset;
}

static struct bcc *run_text(const char *body)
{
	struct bcc_test_run run = {.size = sizeof(run)};
	struct bcc *b;
	char *text;

	if (!types)
		test_missing("this kernel has no BTF");
	assert_true(asprintf(&text, "%sSEC(\"syscall\") int ask(void *ctx)\n{\n%s\treturn 0;\n}\n", TYPES,
			    body) > 0);
	b = open_test_text(text, NULL);
	free(text);
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "ask"), &run));
	return b;
}

static void test_fields(void **state)
{
	struct bcc *b = run_text("	struct task_struct___mine *t = (void *)bpf_get_current_task();\n"
				 "	int tgid = 0;\n"
				 "	bpf_probe_read_kernel(&tgid, sizeof(tgid), &t->tgid);\n"
				 "	PUT(0, tgid);\n"
				 "	PUT(1, FIELD(t->tgid, 0));\n"
				 "	PUT(2, FIELD(t->comm[3], 0));\n"
				 "	PUT(3, FIELD(t->comm, 1));\n"
				 "	PUT(4, FIELD(t->tgid, 3));\n"
				 "	PUT(5, FIELD(((struct page___mine *)0)->mapping, 0));\n"
				 "	PUT(6, FIELD(t[1].tgid, 0));\n"
				 "	PUT(7, t->group_leader->tgid);\n");

	assert_int_equal(table_u64(b, "out", 0), getpid());
	assert_int_equal(table_u64(b, "out", 1), offset_of("task_struct", "tgid") / 8);
	assert_int_equal(table_u64(b, "out", 2), offset_of("task_struct", "comm") / 8 + 3);
	assert_int_equal(table_u64(b, "out", 3), 16);
	assert_int_equal(table_u64(b, "out", 4), 1);
	assert_int_equal(table_u64(b, "out", 5), offset_of("page", "mapping") / 8);
	assert_int_equal(table_u64(b, "out", 7), getpid());
	assert_int_equal(table_u64(b, "out", 6),
		kernel_struct("task_struct")->size + offset_of("task_struct", "tgid") / 8);
	bcc_close(b);
}

/* What is read has to contain the bit, and the two shifts have to leave it alone. */
static void test_bit_fields(void **state)
{
	struct bcc *b = run_text("	struct task_struct___mine *t = (void *)bpf_get_current_task();\n"
				 "	PUT(0, FIELD(t->sched_reset_on_fork, 0));\n"
				 "	PUT(1, FIELD(t->sched_reset_on_fork, 1));\n"
				 "	PUT(2, FIELD(t->sched_reset_on_fork, 3));\n"
				 "	PUT(3, FIELD(t->sched_reset_on_fork, 4));\n"
				 "	PUT(4, FIELD(t->sched_reset_on_fork, 5));\n");
	uint64_t bit = offset_of("task_struct", "sched_reset_on_fork");
	uint64_t offset = table_u64(b, "out", 0), size = table_u64(b, "out", 1);

	assert_true(size == 1 || size == 2 || size == 4 || size == 8);
	assert_int_equal(offset % size, 0);
	assert_in_range(bit, offset * 8, (offset + size) * 8 - 1);
	assert_int_equal(table_u64(b, "out", 2), 0);
	assert_int_equal(table_u64(b, "out", 3), 63 - (bit - offset * 8));
	assert_int_equal(table_u64(b, "out", 4), 63);
	bcc_close(b);
}

static void test_what_is_missing(void **state)
{
	struct bcc *b =
		run_text("	struct task_struct___mine *t = (void *)bpf_get_current_task();\n"
			 "	int value = 1;\n"
			 "	PUT(0, FIELD(t->no_such_field, 2));\n"
			 "	PUT(1, FIELD(t->tgid, 2));\n"
			 "	PUT(2, TYPE(struct no_such_struct, 0));\n"
			 "	PUT(3, TYPE(struct no_such_struct, 1));\n"
			 "	PUT(4, FIELD(((struct pid_namespace___odd *)0)->level, 2));\n"
			 "	if (FIELD(t->no_such_field, 2)) {\n"
			 "		bpf_probe_read_kernel(&value, sizeof(value), &t->no_such_field);\n"
			 "		PUT(5, value);\n"
			 "	}\n");
	static const uint64_t expected[] = {0, 1, 0, 0, 0, 0};

	for (uint32_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		assert_int_equal(table_u64(b, "out", i), expected[i]);
	bcc_close(b);
}

static void test_missing_and_used(void **state)
{
	struct bcc *b;

	if (!types)
		test_missing("this kernel has no BTF");
	b = open_test_text(TYPES "SEC(\"syscall\") int ask(void *ctx)\n{\n"
				 "	struct task_struct___mine *t = (void *)bpf_get_current_task();\n"
				 "	int value = 1;\n"
				 "	bpf_probe_read_kernel(&value, sizeof(value), &t->no_such_field);\n"
				 "	PUT(0, value);\n"
				 "	return 0;\n}\n",
		NULL);
	assert_int_equal(bcc_program_load(bcc_program_find(b, "ask"), BCC_PROG_TYPE_AUTO, NULL), -EINVAL);
	expect_sentence(b, "this kernel has no task_struct.no_such_field");
	expect_sentence(b, "bpf_core_field_exists");
	bcc_close(b);
}

/* The array has more elements in the kernel; those have the same size. */
static void test_longer_array(void **state)
{
	struct bcc *b = run_text(
		"	struct task_struct___short { char comm[4]; } __attribute__((preserve_access_index));\n"
		"	struct task_struct___short *t = (void *)bpf_get_current_task_btf();\n"
		"	PUT(0, *t->comm);\n");
	char comm[16] = {};

	assert_int_equal(prctl(PR_GET_NAME, comm), 0);
	assert_int_equal(table_u64(b, "out", 0), comm[0]);
	bcc_close(b);
}

static void test_types_and_enumerators(void **state)
{
	struct bcc *b = run_text("	PUT(0, TYPE(struct task_struct___mine, 0));\n"
				 "	PUT(1, TYPE(struct task_struct___mine, 1));\n"
				 "	PUT(2, ENUMERATOR(enum pid_type___mine, PIDTYPE_SID___mine, 0));\n"
				 "	PUT(3, ENUMERATOR(enum pid_type___mine, PIDTYPE_SID___mine, 1));\n"
				 "	PUT(4, ENUMERATOR(enum pid_type___mine, NO_SUCH_TYPE, 0));\n"
				 "	PUT(5, __builtin_btf_type_id(*(struct task_struct___mine *)0, 1));\n"
				 "	PUT(6, __builtin_btf_type_id(*(struct no_such_struct *)0, 1));\n");

	assert_int_equal(table_u64(b, "out", 0), 1);
	assert_int_equal(table_u64(b, "out", 1), kernel_struct("task_struct")->size);
	assert_int_equal(table_u64(b, "out", 2), 1);
	assert_int_equal(table_u64(b, "out", 3), 3); /* include/linux/pid_types.h */
	assert_int_equal(table_u64(b, "out", 4), 0);
	assert_int_equal(
		table_u64(b, "out", 5), btf__find_by_name_kind(types, "task_struct", BTF_KIND_STRUCT));
	assert_int_equal(table_u64(b, "out", 6), 0);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_bit_fields),
		cmocka_unit_test(test_what_is_missing),
		cmocka_unit_test(test_missing_and_used),
		cmocka_unit_test(test_longer_array),
		cmocka_unit_test(test_types_and_enumerators),
	};

	return cmocka_run_group_tests(tests, open_types, close_types);
}
