/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations of the kernel's functions for programs, made of small made-up kernels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <bpf/btf.h>

#include "frontends/btf/kernel_function.h"
#include "btf_bytes.h"

/* Of which types the functions take: ids of all that are needed. */
struct types {
	struct btf *btf;
	int number, wide, item_pointer, constant_pointer, any;
};

static struct types types_new(void)
{
	struct types t = {.btf = btf__new_empty()};
	int item;

	assert_non_null(t.btf);
	t.number = btf__add_int(t.btf, "int", 4, BTF_INT_SIGNED);
	t.wide = btf__add_typedef(t.btf, "u64", btf__add_int(t.btf, "unsigned long long", 8, 0));
	item = btf__add_struct(t.btf, "item", 4);
	t.item_pointer = btf__add_ptr(t.btf, item);
	t.constant_pointer = btf__add_ptr(t.btf, btf__add_const(t.btf, item));
	t.any = btf__add_ptr(t.btf, 0);
	assert_true(t.any > 0);
	return t;
}

static int function_new(struct btf *btf, const char *name, int result, const int *parameters, size_t count)
{
	int proto = btf__add_func_proto(btf, result), id;

	assert_true(proto > 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(btf__add_func_param(btf, "p", parameters[i]), 0);
	id = btf__add_func(btf, name, BTF_FUNC_STATIC, proto);
	assert_true(id > 0);
	return id;
}

static void expect_declaration(const struct bcc_btf_bytes *kernel, const char *name, const char *expected)
{
	uint32_t id = bcc_btf_find_kernel_function(kernel, name);
	char *text;

	assert_true(id > 0);
	text = bcc_btf_kernel_function_declaration(kernel, id);
	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
	free(text);
}

#define ATTRIBUTES " __attribute__((weak, section(\".ksyms\")));\n"

static void test_declarations(void **state)
{
	struct types t = types_new();
	struct bcc_btf_bytes kernel;

	function_new(t.btf, "bpf_nothing", 0, NULL, 0);
	function_new(t.btf, "bpf_get", t.item_pointer, (const int[]){t.number, t.wide}, 2);
	function_new(t.btf, "bpf_look", t.number, (const int[]){t.constant_pointer, t.any}, 2);
	kernel = btf_bytes_take(t.btf);
	expect_declaration(&kernel, "bpf_nothing", "extern void bpf_nothing(void)" ATTRIBUTES);
	expect_declaration(&kernel, "bpf_get", "extern struct item *bpf_get(int , u64 )" ATTRIBUTES);
	expect_declaration(
		&kernel, "bpf_look", "extern int bpf_look(struct item const *, void *)" ATTRIBUTES);
	bcc_btf_bytes_close(&kernel);
}

static void test_callback(void **state)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED), any = btf__add_ptr(btf, 0), proto;
	struct bcc_btf_bytes kernel;

	proto = btf__add_func_proto(btf, number);
	assert_int_equal(btf__add_func_param(btf, "map", any), 0);
	assert_int_equal(btf__add_func_param(btf, "key", number), 0);
	function_new(btf, "bpf_each", number, (const int[]){btf__add_ptr(btf, proto), any}, 2);
	kernel = btf_bytes_take(btf);
	expect_declaration(
		&kernel, "bpf_each", "extern int bpf_each(int (*)(void *, int ), void *)" ATTRIBUTES);
	bcc_btf_bytes_close(&kernel);
}

/* Functions that are marked are the only ones, whatever their names are; without marks, names tell. */
static void test_marks(void **state)
{
	struct types t = types_new();
	struct bcc_btf_bytes kernel;
	int marked;

	function_new(t.btf, "bpf_internal", 0, NULL, 0);
	marked = function_new(t.btf, "tcp_marked", 0, NULL, 0);
	assert_true(btf__add_decl_tag(t.btf, "bpf_kfunc", marked, -1) > 0);
	kernel = btf_bytes_take(t.btf);
	assert_int_equal(bcc_btf_find_kernel_function(&kernel, "tcp_marked"), marked);
	assert_int_equal(bcc_btf_find_kernel_function(&kernel, "bpf_internal"), 0);
	assert_int_equal(bcc_btf_find_kernel_function(&kernel, "bpf_none"), 0);
	bcc_btf_bytes_close(&kernel);

	t = types_new();
	function_new(t.btf, "scx_bpf_internal", 0, NULL, 0);
	function_new(t.btf, "tcp_internal", 0, NULL, 0);
	kernel = btf_bytes_take(t.btf);
	assert_true(bcc_btf_find_kernel_function(&kernel, "scx_bpf_internal") > 0);
	assert_int_equal(bcc_btf_find_kernel_function(&kernel, "tcp_internal"), 0);
	bcc_btf_bytes_close(&kernel);
}

/* Types that lead back to themselves, that have no name or do not exist. */
static void test_damaged(void **state)
{
	struct btf *btf = btf__new_empty();
	struct bcc_btf_bytes kernel;
	int proto, pointer = btf__add_ptr(btf, 3), around = btf__add_ptr(btf, 3), nameless;

	assert_int_equal(pointer, 1);
	assert_int_equal(around, 2);
	proto = btf__add_func_proto(btf, 0); /* 3, which takes pointers to itself */
	assert_int_equal(proto, 3);
	for (int i = 0; i < 8; i++)
		assert_int_equal(btf__add_func_param(btf, "p", 1 + i % 2), 0);
	assert_true(btf__add_func(btf, "bpf_endless", BTF_FUNC_STATIC, proto) > 0);
	nameless = btf__add_struct(btf, NULL, 4);
	function_new(btf, "bpf_nameless", nameless, NULL, 0);
	function_new(btf, "bpf_outside", 0, (const int[]){1000}, 1);
	kernel = btf_bytes_take(btf);
	expect_declaration(&kernel, "bpf_endless", NULL);
	expect_declaration(&kernel, "bpf_nameless", NULL);
	expect_declaration(&kernel, "bpf_outside", NULL);
	bcc_btf_bytes_close(&kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_declarations),
		cmocka_unit_test(test_callback), cmocka_unit_test(test_marks),
		cmocka_unit_test(test_damaged)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
