/* SPDX-License-Identifier: Apache-2.0 */
/* The types of keys and values, as the text's compiler laid them out. */
#include "testlib.h"

#include "common/array.h"

static const char text[] =
	"enum state { IDLE, BUSY = 5 };\n"
	"typedef struct { u32 pid; char comm[16]; } anonymous_t;\n"
	"typedef char name_t[16];\n"
	"struct in6 { u8 bytes[16]; };\n"
	"struct wide {\n"
	"  u64 time; s32 change; char comm[16]; u8 matrix[2][3]; struct in6 address;\n"
	"  const char *text; void *pointer; enum state state; bool on; char letter; signed char number;\n"
	"  u32 low:3, high:5; union { u32 v4; u64 v6; }; struct { u16 a, b; } pair; int (*function)(int);\n"
	"};\n"
	"BPF_HASH(simple);\n"
	"BPF_HASH(ints, int, unsigned long);\n"
	"BPF_HASH(wide, struct wide, struct in6);\n"
	"BPF_HASH(anonymous, anonymous_t, enum state);\n"
	"BPF_HASH(named, name_t, s64);\n"
	"BPF_ARRAY(array, u8);\n"
	"BPF_HISTOGRAM(dist);\n"
	"BPF_PERF_OUTPUT(perf);\n"
	"BPF_RINGBUF_OUTPUT(ring, 1);\n";

static void check_types(struct bcc *b, const char *name, const char *key, const char *value)
{
	struct bcc_table *t = bcc_table_find(b, name);

	assert_non_null(t);
	assert_string_equal(bcc_table_key_type(t), key);
	assert_string_equal(bcc_table_value_type(t), value);
	/* the same text each time */
	assert_ptr_equal(bcc_table_key_type(t), bcc_table_key_type(t));
}

static void test_declarations(void **state)
{
	struct bcc *b = open_test_text(text, NULL);

	check_types(b, "simple", "u64", "u64");
	check_types(b, "ints", "int", "unsigned long");
	check_types(b, "anonymous", "typedef struct { u32 pid; char comm[16]; } anonymous_t",
		"enum state { IDLE = 0, BUSY = 5 }");
	check_types(b, "named", "char[16]", "s64");
	check_types(b, "array", "int", "u8");
	check_types(b, "dist", "int", "u64");
	check_types(b, "ring", "", "");
	check_types(b, "wide",
		"struct wide { u64 time; s32 change; char comm[16]; u8 matrix[2][3]; struct in6 address; char *text; void *pointer; "
		"enum state state; bool on; char letter; signed char number; u32 low:3; u32 high:5; union { u32 v4; u64 v6; }; "
		"struct { u16 a; u16 b; } pair; int (*function)(); }",
		"struct in6 { u8 bytes[16]; }");
	assert_string_equal(bcc_table_key_type(NULL), "");
	bcc_close(b);
}

/* Declarations can be passed to a compiler, together with the types they name. */
static void test_declarations_compile(void **state)
{
	struct bcc *b = open_test_text(text, NULL), *again;
	char *source;
	struct bcc_table_info was = {.size = sizeof(was)}, is = {.size = sizeof(is)};

	assert_true(asprintf(&source,
			    "%s; enum state { IDLE, BUSY = 5 }; %s; BPF_HASH(wide, struct wide, struct in6);",
			    bcc_table_value_type(bcc_table_find(b, "wide")),
			    bcc_table_key_type(bcc_table_find(b, "wide"))) > 0);
	again = open_test_text(source, NULL);
	expect_ok(b, bcc_table_info(bcc_table_find(b, "wide"), &was));
	expect_ok(again, bcc_table_info(bcc_table_find(again, "wide"), &is));
	assert_int_equal(was.key_size, is.key_size);
	assert_int_equal(was.value_size, is.value_size);
	free(source);
	bcc_close(b);
	bcc_close(again);
}

/* Bit fields begin where the previous byte ends: they share its u32 (System V ABI). */
static const struct bcc_field wide[] = {
	{"time", "u64", 0, 64, 0, false, false, 0, false},
	{"change", "s32", 64, 32, 0, true, false, 0, false},
	{"comm", "char", 96, 8, 16, true, true, 0, false},
	{"matrix", "u8", 224, 8, 6, false, false, 0, false},
	{"address", "struct in6", 272, 128, 0, false, false, 0, false},
	{"text", "char *", 448, 64, 0, false, false, 0, false},
	{"pointer", "void *", 512, 64, 0, false, false, 0, false},
	{"state", "enum state", 576, 32, 0, false, false, 0, false},
	{"on", "bool", 608, 8, 0, false, false, 0, false},
	{"letter", "char", 616, 8, 0, true, true, 0, false},
	{"number", "signed char", 624, 8, 0, true, false, 0, false},
	{"low", "u32", 632, 3, 0, false, false, 0, false},
	{"high", "u32", 635, 5, 0, false, false, 0, false},
	{"v4", "u32", 640, 32, 0, false, false, 0, false},
	{"v6", "u64", 640, 64, 0, false, false, 0, false},
	{"pair", "struct { u16 a; u16 b; }", 704, 32, 0, false, false, 0, false},
	{"function", "int (*)()", 768, 64, 0, false, false, 0, false},
};

static void check_fields(
	const struct bcc_field *fields, int count, const struct bcc_field *expected, int expected_count)
{
	assert_int_equal(count, expected_count);
	for (int i = 0; i < count; i++) {
		const struct bcc_field *f = &fields[i], *e = &expected[i];

		assert_string_equal(f->name, e->name);
		assert_string_equal(f->type, e->type);
		if (f->bit_offset != e->bit_offset || f->bit_size != e->bit_size ||
			f->array_elements != e->array_elements || f->is_signed != e->is_signed ||
			f->is_char != e->is_char)
			fail_msg("%s: at %u, %u bits, [%u], signed %d, char %d", f->name, f->bit_offset,
				f->bit_size, f->array_elements, f->is_signed, f->is_char);
	}
}

static void test_fields(void **state)
{
	static const struct bcc_field u64 = {"", "u64", 0, 64, 0, false, false, 0, false};
	static const struct bcc_field name = {"", "char", 0, 8, 16, true, true, 0, false};
	static const struct bcc_field enumeration = {"", "enum state", 0, 32, 0, false, false, 0, false};
	static const struct bcc_field anonymous[] = {{"pid", "u32", 0, 32, 0, false, false, 0, false},
		{"comm", "char", 32, 8, 16, true, true, 0, false}};
	struct bcc *b = open_test_text(text, NULL);
	const struct bcc_field *fields, *again;
	int n;

	n = bcc_table_key_fields(bcc_table_find(b, "wide"), &fields);
	check_fields(fields, n, wide, ARRAY_SIZE(wide));
	assert_int_equal(bcc_table_key_fields(bcc_table_find(b, "wide"), &again), n);
	assert_ptr_equal(fields, again);
	n = bcc_table_value_fields(bcc_table_find(b, "simple"), &fields);
	check_fields(fields, n, &u64, 1);
	n = bcc_table_key_fields(bcc_table_find(b, "named"), &fields);
	check_fields(fields, n, &name, 1);
	n = bcc_table_value_fields(bcc_table_find(b, "anonymous"), &fields);
	check_fields(fields, n, &enumeration, 1);
	n = bcc_table_key_fields(bcc_table_find(b, "anonymous"), &fields);
	check_fields(fields, n, anonymous, 2);
	assert_int_equal(bcc_table_key_fields(bcc_table_find(b, "ring"), &fields), 0);
	assert_null(fields);
	assert_int_equal(bcc_table_key_fields(NULL, &fields), -EINVAL);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declarations),
		cmocka_unit_test(test_declarations_compile),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
