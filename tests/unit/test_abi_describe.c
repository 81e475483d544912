/* SPDX-License-Identifier: Apache-2.0 */
/* Types as BCC's clients read them: what they lay out from the JSON must match the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "libbcc/abi/abi.h"

static struct btf *btf;

static int begin(void **state)
{
	btf = btf__new_empty();
	return btf ? 0 : -1;
}

static int end(void **state)
{
	btf__free(btf);
	return 0;
}

static void expect(int type, const char *json)
{
	char *text = bcc_abi_describe(btf, type);

	assert_non_null(text);
	assert_string_equal(text, json);
	free(text);
}

static void test_numbers(void **state)
{
	int u32 = btf__add_int(btf, "unsigned int", 4, 0);

	expect(u32, "\"unsigned int\"");
	expect(btf__add_typedef(btf, "u32", btf__add_const(btf, u32)), "\"unsigned int\"");
	expect(btf__add_int(btf, "char", 1, BTF_INT_SIGNED), "\"char\"");
	expect(btf__add_int(btf, "unsigned char", 1, 0), "\"unsigned char\"");
	expect(btf__add_int(btf, "long", 8, BTF_INT_SIGNED), "\"long\"");
	expect(btf__add_int(btf, "signed char", 1, BTF_INT_SIGNED), "\"char\"");
	expect(btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL), "\"_Bool\"");
	expect(btf__add_int(btf, "unsigned __int128", 16, 0), "\"unsigned __int128\"");
	expect(btf__add_ptr(btf, u32), "\"unsigned long long\"");
}

/* struct key { u32 pid; u64 ts; char comm[16]; u8 x; u64 y : 3; }, in which C leaves four bytes unused after
 * pid */
static void test_struct(void **state)
{
	int u32 = btf__add_int(btf, "unsigned int", 4, 0);
	int u64 = btf__add_int(btf, "unsigned long long", 8, 0);
	int c = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int comm = btf__add_array(btf, u32, c, 16);
	int key = btf__add_struct(btf, "key", 40);

	btf__add_field(btf, "pid", u32, 0, 0);
	btf__add_field(btf, "ts", u64, 64, 0);
	btf__add_field(btf, "comm", comm, 128, 0);
	btf__add_field(btf, "x", c, 256, 0);
	btf__add_field(btf, "y", u64, 264, 3);
	expect(key,
		"[\"key\", [[\"pid\", \"unsigned int\"], [\"ts\", \"unsigned long long\"], [\"comm\", \"char\", [16]], "
		"[\"x\", \"char\"], [\"y\", \"unsigned long long\", 3]], \"struct\"]");
}

static void test_structs_inside(void **state)
{
	int u32 = btf__add_int(btf, "unsigned int", 4, 0);
	int inner = btf__add_struct(btf, "inner", 4), two, any;
	int outer;

	btf__add_field(btf, "a", u32, 0, 0);
	two = btf__add_array(btf, u32, inner, 2);
	any = btf__add_union(btf, NULL, 4);
	btf__add_field(btf, "v", u32, 0, 0);
	outer = btf__add_struct(btf, "outer", 16);
	btf__add_field(btf, "one", inner, 0, 0);
	btf__add_field(btf, "two", two, 32, 0);
	btf__add_field(btf, "", any, 96, 0);
	expect(outer, "[\"outer\", [[\"one\", [\"inner\", [[\"a\", \"unsigned int\"]], \"struct_packed\"]], "
		      "[\"two\", [\"inner\", [[\"a\", \"unsigned int\"]], \"struct_packed\"], [2]], "
		      "[\"\", [[\"v\", \"unsigned int\"]], \"union\"]], \"struct_packed\"]");
}

/* char names[4][16]; u8 table[2][3] */
static void test_rows(void **state)
{
	int u32 = btf__add_int(btf, "unsigned int", 4, 0);
	int c = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int u8 = btf__add_int(btf, "unsigned char", 1, 0);
	int names = btf__add_array(btf, u32, btf__add_array(btf, u32, c, 16), 4);
	int table = btf__add_array(btf, u32, btf__add_array(btf, u32, u8, 3), 2);
	int rows = btf__add_struct(btf, "rows", 70);

	btf__add_field(btf, "names", names, 0, 0);
	btf__add_field(btf, "table", table, 512, 0);
	expect(rows,
		"[\"rows\", [[\"names\", [\"\", [[\"value\", \"char\", [16]]], \"struct_packed\"], [4]], "
		"[\"table\", \"unsigned char\", [6]]], \"struct_packed\"]");
	expect(btf__add_array(btf, u32, c, 16), "[\"\", [[\"value\", \"char\", [16]]], \"struct_packed\"]");
}

static void test_gaps_and_packed(void **state)
{
	int u32 = btf__add_int(btf, "unsigned int", 4, 0);
	int c = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int gap = btf__add_struct(btf, "gap", 32);
	int packed;

	btf__add_field(btf, "a", u32, 0, 0);
	btf__add_field(btf, "b", u32, 128, 0);
	expect(gap,
		"[\"gap\", [[\"a\", \"unsigned int\"], [\"__pad_1\", \"char\", [12]], [\"b\", \"unsigned int\"], "
		"[\"__pad_end\", \"char\", [12]]], \"struct_packed\"]");
	packed = btf__add_struct(btf, "packed", 5);
	btf__add_field(btf, "c", c, 0, 0);
	btf__add_field(btf, "n", u32, 8, 0);
	expect(packed, "[\"packed\", [[\"c\", \"char\"], [\"n\", \"unsigned int\"]], \"struct_packed\"]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers, begin, end),
		cmocka_unit_test_setup_teardown(test_struct, begin, end),
		cmocka_unit_test_setup_teardown(test_structs_inside, begin, end),
		cmocka_unit_test_setup_teardown(test_rows, begin, end),
		cmocka_unit_test_setup_teardown(test_gaps_and_packed, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
