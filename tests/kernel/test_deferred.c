/* SPDX-License-Identifier: Apache-2.0 */
/* Open, set, create: handles whose tables and variables are set before anything exists in the kernel. */
#include <linux/bpf.h>
#include <sys/syscall.h>

#include "testlib.h"

/* Counts getpgid() calls of process `target_pid` whose argument is within `limits`. */
static const char text[] = "struct limits { u32 low, high; char name[8]; };\n"
			   "const volatile u32 target_pid = 0;\n"
			   "const volatile struct limits limits = {1, 2, \"first\"};\n"
			   "u64 calls = 5;\n"
			   "int last;\n"
			   "static volatile u64 added = 7;\n"
			   "BPF_HASH(seen, u32, u64, 16);\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {\n"
			   "	u32 pid = bpf_get_current_pid_tgid() >> 32, key = args->pid;\n"
			   "	u64 one = 1;\n"
			   "	if (pid != target_pid || key < limits.low || key > limits.high)\n"
			   "		return 0;\n"
			   "	__sync_fetch_and_add(&calls, 1);\n"
			   "	last = key + added;\n"
			   "	seen.update(&key, &one);\n"
			   "	return 0;\n"
			   "}\n";

struct limits {
	uint32_t low, high;
	char name[8];
};

static struct bcc *open_deferred(void)
{
	struct bcc *b = NULL;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	expect_ok(b, bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b));
	return b;
}

static void set_u32(struct bcc *b, const char *name, uint32_t value)
{
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, name), &value, sizeof(value)));
}

static uint64_t get_u64(struct bcc *b, const char *name)
{
	uint64_t value = 0;

	expect_ok(b, bcc_variable_get(bcc_variable_find(b, name), &value, sizeof(value)));
	return value;
}

static void call(int from, int to)
{
	for (int i = from; i <= to; i++)
		syscall(SYS_getpgid, 0x7f000000 + i);
}

static void count_maps(struct bcc *b, int expected)
{
	int created = 0;

	for (size_t i = 0; i < bcc_table_count(b); i++) {
		struct bcc_table_info info = {.size = sizeof(info)};

		assert_int_equal(bcc_table_info(bcc_table_at(b, i), &info), 0);
		created += info.fd >= 0;
	}
	assert_int_equal(created, expected);
}

static void test_nothing_is_created(void **state)
{
	struct bcc *b = open_deferred();
	uint32_t key = 1;
	uint64_t value;

	count_maps(b, 0);
	assert_non_null(bcc_program_find(b, "tracepoint__syscalls__sys_enter_getpgid"));
	assert_null(bcc_variable_memory(bcc_variable_find(b, "calls")));
	expect_return(b, bcc_table_get(bcc_table_find(b, "seen"), &key, sizeof(key), &value, sizeof(value)),
		-EBADF);
	expect_sentence(b, "bcc_create()");
	bcc_close(b);
}

static void test_described(void **state)
{
	struct bcc *b = open_deferred();
	struct bcc_variable *limits = bcc_variable_find(b, "limits");
	struct bcc_variable_info info = {.size = sizeof(info)};
	const struct bcc_field *fields;

	assert_int_equal(bcc_variable_count(b), 5);
	assert_int_equal(bcc_variable_info(limits, &info), 0);
	assert_string_equal(info.name, "limits");
	assert_string_equal(info.section, ".rodata");
	assert_int_equal(info.bytes, sizeof(struct limits));
	assert_true(info.is_constant);
	assert_int_equal(bcc_variable_info(bcc_variable_find(b, "last"), &info), 0);
	assert_string_equal(info.section, ".bss");
	assert_false(info.is_constant);
	assert_string_equal(bcc_variable_type(bcc_variable_find(b, "calls")), "u64");
	assert_int_equal(bcc_variable_fields(limits, &fields), 3);
	assert_string_equal(fields[1].name, "high");
	assert_int_equal(fields[1].bit_offset, 32);
	assert_string_equal(fields[2].name, "name");
	assert_int_equal(fields[2].array_elements, 8);
	assert_true(fields[2].is_char);
	assert_null(bcc_variable_find(b, "none"));
	assert_null(bcc_variable_find(b, "seen"));
	assert_null(bcc_variable_at(b, 5));
	bcc_close(b);
}

static void test_set_before(void **state)
{
	struct limits limits = {0x7f000003, 0x7f000006, "second"}, read;
	struct bcc *b = open_deferred();

	expect_ok(b, bcc_variable_get(bcc_variable_find(b, "limits"), &read, sizeof(read)));
	assert_int_equal(read.high, 2);
	assert_string_equal(read.name, "first");
	set_u32(b, "target_pid", getpid());
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, "limits"), &limits, sizeof(limits)));
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, "calls"), &(uint64_t){100}, 8));
	expect_return(b, bcc_attach_all(b), 1); /* which also creates */
	call(1, 10);
	assert_int_equal(get_u64(b, "calls"), 104);
	expect_ok(b, bcc_variable_get(bcc_variable_find(b, "limits"), &read, sizeof(read)));
	assert_memory_equal(&read, &limits, sizeof(limits));
	bcc_close(b);
}

static void test_set_after(void **state)
{
	struct limits limits = {0x7f000001, 0x7f000010, ""};
	struct bcc *b = open_deferred();
	uint64_t *calls, added = 1000;
	int last;

	set_u32(b, "target_pid", getpid());
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, "limits"), &limits, sizeof(limits)));
	expect_ok(b, bcc_create(b));
	expect_ok(b, bcc_create(b));
	expect_return(b, bcc_attach_all(b), 1);
	calls = bcc_variable_memory(bcc_variable_find(b, "calls"));
	assert_non_null(calls);
	assert_int_equal(*calls, 5);
	call(1, 3);
	assert_int_equal(*calls, 8);
	__atomic_store_n(calls, 0, __ATOMIC_RELAXED);
	expect_ok(b, bcc_variable_set(bcc_variable_find(b, "added"), &added, sizeof(added)));
	call(4, 5);
	assert_int_equal(get_u64(b, "calls"), 2);
	expect_ok(b, bcc_variable_get(bcc_variable_find(b, "last"), &last, sizeof(last)));
	assert_int_equal(last, 0x7f000005 + 1000);
	expect_return(b, bcc_variable_set(bcc_variable_find(b, "target_pid"), &last, sizeof(last)), -EPERM);
	expect_sentence(b, "before bcc_create()");
	bcc_close(b);
}

/* Variables are available without .deferred too. */
static void test_not_deferred(void **state)
{
	struct bcc *b = open_test_text(text, NULL);

	assert_int_equal(get_u64(b, "calls"), 5);
	assert_int_equal(get_u64(b, "added"), 7);
	expect_ok(b, bcc_create(b));
	bcc_close(b);
}

static void test_table_sizes(void **state)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	struct bcc *b = open_deferred();
	struct bcc_table *seen = bcc_table_find(b, "seen");

	expect_ok(b, bcc_table_set_max_entries(seen, 3));
	set_u32(b, "target_pid", getpid());
	expect_ok(b, bcc_create(b));
	assert_int_equal(bcc_table_info(seen, &info), 0);
	assert_int_equal(info.max_entries, 3);
	for (uint32_t key = 0; key < 4; key++)
		expect_return(b, bcc_table_set(seen, &key, sizeof(key), &(uint64_t){1}, 8, 0),
			key < 3 ? 0 : -E2BIG);
	expect_return(b, bcc_table_set_max_entries(seen, 5), -EBUSY);
	bcc_close(b);
}

static void test_impossible_size(void **state)
{
	struct bcc *b = open_deferred();

	expect_ok(b, bcc_table_set_max_entries(bcc_table_find(b, "seen"), 0));
	expect_return(b, bcc_create(b), -EINVAL);
	expect_sentence(b, "seen");
	expect_return(b, bcc_create(b), -EINVAL);
	expect_return(b, bcc_attach_all(b), -EINVAL);
	bcc_close(b);
}

static void test_wrong_calls(void **state)
{
	struct bcc *b = open_deferred();
	struct bcc_variable *calls = bcc_variable_find(b, "calls");
	uint64_t value = 0;

	expect_return(b, bcc_variable_set(calls, &value, 4), -EINVAL);
	expect_sentence(b, "8 bytes (u64), not 4");
	expect_return(b, bcc_variable_get(calls, &value, 16), -EINVAL);
	expect_return(b, bcc_variable_set(calls, NULL, 8), -EINVAL);
	assert_int_equal(bcc_variable_set(NULL, &value, 8), -EINVAL);
	assert_int_equal(bcc_variable_get(NULL, &value, 8), -EINVAL);
	assert_int_equal(bcc_variable_fields(NULL, NULL), -EINVAL);
	assert_int_equal(bcc_variable_info(calls, NULL), -EINVAL);
	assert_null(bcc_variable_memory(NULL));
	assert_null(bcc_variable_find(NULL, "x"));
	assert_null(bcc_variable_find(b, NULL));
	assert_int_equal(bcc_variable_count(NULL), 0);
	assert_string_equal(bcc_variable_type(NULL), "");
	assert_int_equal(bcc_create(NULL), -EINVAL);
	assert_int_equal(bcc_table_set_max_entries(NULL, 1), -EINVAL);
	bcc_close(b);
}

/* One variable of each kind that bcc_variable_set_text() reads. */
static const char typed_text[] =
	"enum level { LOW, MIDDLE = 7, HIGH = -2 };\n"
	"const volatile bool wanted = false;\n"
	"const volatile s8 small = 0;\n"
	"const volatile u16 port = 0;\n"
	"const volatile u64 large = 0;\n"
	"const volatile enum level level = LOW;\n"
	"const volatile char name[8] = \"before\";\n"
	"const volatile u32 pids[3] = {9, 9, 9};\n"
	"const volatile struct { int a, b; } pair = {1, 2};\n"
	"TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {\n"
	"	u32 i = args->pid & 1;\n"
	"	return wanted + small + port + large + level + name[i] + pids[i] + pair.a + pair.b;\n"
	"}\n";

static struct bcc *open_typed(void)
{
	struct bcc *b = NULL;

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	expect_ok(b, bcc_open_text(typed_text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b));
	return b;
}

static void expect_set(struct bcc *b, const char *name, const char *value, const void *expected, size_t size)
{
	struct bcc_variable *v = bcc_variable_find(b, name);
	char got[64];

	assert_true(size <= sizeof(got));
	expect_ok(b, bcc_variable_set_text(v, value));
	expect_ok(b, bcc_variable_get(v, got, size));
	assert_memory_equal(got, expected, size);
}

#define EXPECT_NUMBER(b, type, name, value, expected)                                                        \
	expect_set(b, name, value, &(type){expected}, sizeof(type))

static void test_set_texts(void **state)
{
	struct bcc *b = open_typed();
	const struct bcc_field *field;

	(void)state;
	EXPECT_NUMBER(b, bool, "wanted", "true", true);
	EXPECT_NUMBER(b, bool, "wanted", "off", false);
	EXPECT_NUMBER(b, int8_t, "small", "-128", -128);
	EXPECT_NUMBER(b, int8_t, "small", "127", 127);
	EXPECT_NUMBER(b, uint16_t, "port", "0xffff", 0xffff);
	EXPECT_NUMBER(b, uint64_t, "large", "18446744073709551615", UINT64_MAX);
	EXPECT_NUMBER(b, int, "level", "MIDDLE", 7);
	EXPECT_NUMBER(b, int, "level", "HIGH", -2);
	EXPECT_NUMBER(b, int, "level", "3", 3);
	/* what was there before does not shine through */
	expect_set(b, "name", "abc", "abc\0\0\0\0", 8);
	expect_set(b, "name", "1234567", "1234567", 8);
	expect_set(b, "pids", "5,6", (uint32_t[]){5, 6, 0}, 12);
	assert_int_equal(bcc_variable_fields(bcc_variable_find(b, "level"), &field), 1);
	assert_string_equal(bcc_field_enumerator(b, field, -2), "HIGH");
	assert_null(bcc_field_enumerator(b, field, 1));
	assert_int_equal(bcc_variable_fields(bcc_variable_find(b, "port"), &field), 1);
	assert_null(bcc_field_enumerator(b, field, 7));
	bcc_close(b);
}

static void expect_refused(struct bcc *b, const char *name, const char *value, int code, const char *why)
{
	expect_return(b, bcc_variable_set_text(bcc_variable_find(b, name), value), code);
	if (!strstr(bcc_error(b), why))
		fail_msg("%s = %s: %s", name, value, bcc_error(b));
}

static void test_wrong_texts(void **state)
{
	struct bcc *b = open_typed();

	(void)state;
	expect_refused(b, "wanted", "maybe", -EINVAL, "\"maybe\" is not true or false");
	expect_refused(b, "small", "128", -ERANGE, "does not fit into 8 bits");
	expect_refused(b, "small", "-129", -ERANGE, "does not fit into 8 bits");
	expect_refused(b, "port", "65536", -ERANGE, "does not fit into 16 bits");
	expect_refused(b, "port", "-1", -EINVAL, "not negative");
	expect_refused(b, "port", "", -EINVAL, "is not a number");
	expect_refused(b, "port", "80x", -EINVAL, "is not a number");
	expect_refused(b, "large", "18446744073709551616", -ERANGE, "does not fit");
	expect_refused(b, "level", "NONE", -EINVAL, "\"NONE\"");
	expect_refused(b, "name", "12345678", -ERANGE, "longer than 7 characters");
	expect_refused(b, "pids", "1,2,3,4", -ERANGE, "has only 3 elements");
	expect_refused(b, "pids", "1,,3", -EINVAL, "is not a number");
	expect_refused(b, "pair", "1", -EOPNOTSUPP, "struct or union");
	expect_refused(b, "port", NULL, -EINVAL, "missing");
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_created),
		cmocka_unit_test(test_described),
		cmocka_unit_test(test_set_before),
		cmocka_unit_test(test_set_after),
		cmocka_unit_test(test_not_deferred),
		cmocka_unit_test(test_table_sizes),
		cmocka_unit_test(test_impossible_size),
		cmocka_unit_test(test_wrong_calls),
		cmocka_unit_test(test_set_texts),
		cmocka_unit_test(test_wrong_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
