/* SPDX-License-Identifier: Apache-2.0 */
/* Names of a text, and the slice of a small BTF that they require. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "common/array.h"
#include "frontends/btf/needed_types.h"
#include "frontends/btf/slice.h"
#include "btf_bytes.h"
#include "frontends/names.h"

/* Feeds the tokens of `text`, which are separated by spaces. Words other than C's keywords are
 * identifiers. */
static struct bcc_names *names_of(const char *text)
{
	static const char *const keywords[] = {
		"struct", "union", "enum", "typedef", "int", "return", "const", "void"};
	struct bcc_names *names = bcc_names_new();

	assert_non_null(names);
	while (*text) {
		size_t length = strcspn(text, " ");
		bool identifier =
			strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") >=
			length;

		for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
			identifier &= strlen(keywords[i]) != length || memcmp(keywords[i], text, length);
		bcc_names_token(names, text, length, identifier);
		text += length + (text[length] == ' ');
	}
	return names;
}

static void test_uses(void **state)
{
	struct bcc_names *n = names_of("struct sock * sk ; x = sk -> sk_family ; enum tcp_state s ;");

	assert_true(bcc_names_has(n, "sk_family"));
	assert_true(bcc_names_has_tag(n, "sock"));
	assert_true(bcc_names_has_tag(n, "tcp_state"));
	assert_false(bcc_names_has_tag(n, "sk"));
	assert_false(bcc_names_defines_tag(n, "sock"));
	assert_false(bcc_names_has(n, "struct"));
	bcc_names_free(n);
}

static void test_definitions(void **state)
{
	struct bcc_names *n = names_of(
		"struct key { int pid ; struct sock * sk ; } ; enum { RED = 1 , BLUE } ; enum e { GREEN } ; "
		"typedef struct { int a ; } pair ; typedef int ( * callback ) ( int arg ) ; "
		"typedef struct { char c ; } one , * two , three [ SIZE ] ; typedef int function ( int a , other_t b ) ; "
		"typedef int ( * table [ COUNT ] ) ( int * c , long d ) ; "
		"typedef struct key key_alias ; int f ( struct other * o ) { return o -> m ; }");

	assert_true(bcc_names_defines_tag(n, "key"));
	assert_true(bcc_names_defines_tag(n, "e"));
	assert_false(bcc_names_defines_tag(n, "sock"));
	assert_false(bcc_names_defines_tag(n, "other"));
	assert_true(bcc_names_defines(n, "RED"));
	assert_true(bcc_names_defines(n, "BLUE"));
	assert_true(bcc_names_defines(n, "GREEN"));
	assert_true(bcc_names_defines(n, "pair"));
	assert_true(bcc_names_defines(n, "callback"));
	assert_true(bcc_names_defines(n, "key_alias"));
	assert_true(bcc_names_defines(n, "one"));
	assert_true(bcc_names_defines(n, "two"));
	assert_true(bcc_names_defines(n, "three"));
	assert_true(bcc_names_defines(n, "function"));
	assert_true(bcc_names_defines(n, "table"));
	assert_false(bcc_names_defines(n, "SIZE"));
	assert_false(bcc_names_defines(n, "COUNT"));
	assert_false(bcc_names_defines(n, "other_t"));
	assert_false(bcc_names_defines(n, "b"));
	assert_false(bcc_names_defines(n, "c"));
	assert_false(bcc_names_defines(n, "d"));
	assert_false(bcc_names_defines(n, "arg"));
	assert_false(bcc_names_defines(n, "a"));
	bcc_names_free(n);
}

/* A kernel of six types: struct inner, outer { inner embedded; struct far *link; struct other *unused; struct
 * far *const *table; }, far, other, a typedef, two enums. */
static struct btf *small_kernel(void)
{
	struct btf *b = btf__new_empty();
	int i32, inner, far, other, far_ptr, far_table, other_ptr;

	assert_non_null(b);
	i32 = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	inner = btf__add_struct(b, "inner", 4);
	btf__add_field(b, "i", i32, 0, 0);
	far = btf__add_struct(b, "far", 4);
	btf__add_field(b, "value", i32, 0, 0);
	other = btf__add_struct(b, "other", 4);
	btf__add_field(b, "o", i32, 0, 0);
	far_ptr = btf__add_ptr(b, far);
	far_table = btf__add_ptr(b, btf__add_const(b, far_ptr));
	other_ptr = btf__add_ptr(b, other);
	btf__add_struct(b, "outer", 32);
	btf__add_field(b, "embedded", inner, 0, 0);
	btf__add_field(b, "link", far_ptr, 64, 0);
	btf__add_field(b, "unused", other_ptr, 128, 0);
	btf__add_field(b, "table", far_table, 192, 0);
	btf__add_typedef(b, "far_t", far);
	btf__add_enum(b, "colour", 4);
	btf__add_enum_value(b, "COLOUR_RED", 3);
	btf__add_enum(b, "", 4);
	btf__add_enum_value(b, "LIMIT", 7);
	btf__add_enum_value(b, "lower", 8);
	return b;
}

static int compare_declarations(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, so that it does not depend on what came first: structs are declared where they are first pointed
 * to. */
static char *sorted(const char *slice)
{
	char *copy = strdup(slice), **declarations = calloc(strlen(slice) + 1, sizeof(char *)), *result;
	size_t count = 0;

	result = calloc(1, strlen(slice) + 3);
	assert_true(copy && declarations && result);
	for (char *at = copy, *end; *at; at = end) {
		end = strstr(at, "\n\n");
		if (end) {
			*end = '\0';
			end += 2;
		} else {
			end = at + strlen(at);
		}
		declarations[count++] = at;
	}
	qsort(declarations, count, sizeof(char *), compare_declarations);
	for (size_t i = 0; i < count; i++)
		strcat(strcat(result, declarations[i]), "\n\n");
	free(declarations);
	free(copy);
	return result;
}

/* The slice of the subset is the same as the slice of the whole. */
static void assert_same_of_subset(const struct btf *whole, const char *text, const char *slice)
{
	struct bcc_names *n = names_of(text);
	struct bcc_btf_bytes bytes = btf_bytes_of(whole);
	struct bcc_err err = {0};
	struct btf *subset;
	char *of_subset, *a, *b;

	assert_int_equal(bcc_btf_subset(&bytes, n, &subset, &err), 0);
	bcc_btf_bytes_close(&bytes);
	assert_true(btf__type_cnt(subset) < btf__type_cnt(whole));
	assert_int_equal(bcc_btf_slice(subset, n, &of_subset, &err), 0);
	a = sorted(of_subset);
	b = sorted(slice);
	assert_string_equal(a, b);
	free(a);
	free(b);
	free(of_subset);
	btf__free(subset);
	bcc_names_free(n);
}

static char *slice_of(const char *text)
{
	struct btf *b = small_kernel();
	struct bcc_names *n = names_of(text);
	struct bcc_err err = {0};
	char *slice;

	assert_int_equal(bcc_btf_slice(b, n, &slice, &err), 0);
	assert_null(err.text);
	assert_same_of_subset(b, text, slice);
	bcc_names_free(n);
	btf__free(b);
	return slice;
}

static void assert_slice(const char *text, const char *has, const char *has_not)
{
	char *slice = slice_of(text);

	if (has && !strstr(slice, has))
		fail_msg("\"%s\" is missing in the slice of \"%s\":\n%s", has, text, slice);
	if (has_not && strstr(slice, has_not))
		fail_msg("\"%s\" is in the slice of \"%s\":\n%s", has_not, text, slice);
	free(slice);
}

static void test_slice(void **state)
{
	/* what is embedded comes with it, what is pointed to only when a member leads there */
	assert_slice("struct outer * p ;", "struct outer {", "struct far {");
	assert_slice("struct outer * p ;", "struct inner {", "struct other {");
	assert_slice("struct outer * p ; p -> link -> value", "struct far {", "struct other {");
	assert_slice("struct outer * p ; p -> table [ 1 ] -> value", "struct far {", "struct other {");
	assert_slice("far_t x ;", "typedef struct far far_t;", "struct outer");
	assert_slice("x = COLOUR_RED ;", "COLOUR_RED = 3", "LIMIT");
	assert_slice("x = LIMIT ;", "LIMIT = 7", "COLOUR_RED");
	/* a variable may have the name of an enumerator, in lower case */
	assert_slice("int lower = 3 ;", NULL, "lower");
	assert_slice("int nothing ;", NULL, "struct");
}

static void test_own_definitions(void **state)
{
	assert_slice("struct inner { int mine ; } ; struct inner i ;", NULL, "struct inner {");
	assert_slice("enum { LIMIT = 9 } ; x = LIMIT ;", NULL, "LIMIT");
	assert_slice("typedef int far_t ; far_t x ;", NULL, "far_t");
}

/* Both the text's own struct inner and the kernel's, which outer contains, exist. */
static void test_own_definition_of_embedded(void **state)
{
	assert_slice("struct inner { int mine ; } ; struct outer * o ;", "struct inner___kernel {",
		"struct inner {");
	assert_slice(
		"struct inner { int mine ; } ; struct outer * o ;", "struct inner___kernel embedded;", NULL);
	/* only pointed to: the text's own is used */
	assert_slice(
		"struct far { int mine ; } ; struct outer * o ;", "struct far *link;", "struct far___kernel");
	assert_slice("enum { COLOUR_RED = 1 } ; enum colour c ;", "COLOUR_RED___kernel = 3", NULL);
}

/* The slice of `b`, which is freed; or NULL, with the message in `err`. */
static char *slice_of_types(struct btf *b, const char *text, struct bcc_err *err)
{
	struct bcc_names *n = names_of(text);
	char *slice;
	int r;

	*err = (struct bcc_err){0};
	r = bcc_btf_slice(b, n, &slice, err);
	assert_int_equal(r, err->code);
	assert_true(!slice == !!err->code);
	bcc_names_free(n);
	btf__free(b);
	return slice;
}

static int count_of(const char *text, const char *what)
{
	int count = 0;

	for (; (text = strstr(text, what)); text++)
		count++;
	return count;
}

enum { LEVELS = 500 };

/* struct level0 { int i; }, struct level1 { struct level0 inner; }, … */
static void test_deep_names(void **state)
{
	struct btf *b = btf__new_empty();
	int id = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	struct bcc_err err;
	char name[32], *slice;

	for (int i = 0; i <= LEVELS; i++) {
		int inner = id;

		snprintf(name, sizeof(name), "level%d", i);
		id = btf__add_struct(b, name, 4);
		btf__add_field(b, i ? "inner" : "i", inner, 0, 0);
	}
	slice = slice_of_types(b, "struct level500 * l ; l -> inner", &err);
	assert_non_null(slice);
	assert_int_equal(count_of(slice, "struct level"), 2 * LEVELS + 1);
	/* each is defined before the one that contains it */
	assert_true(strstr(slice, "struct level7 {") < strstr(slice, "struct level8 {"));
	free(slice);
}

static void test_deep_without_names(void **state)
{
	struct btf *b = btf__new_empty();
	int id = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	struct bcc_err err;
	char *slice;

	for (int i = 0; i < LEVELS; i++) {
		int inner = id;

		id = i % 2 ? btf__add_struct(b, "", 4) : btf__add_union(b, "", 4);
		btf__add_field(b, i ? "" : "deepest", inner, 0, 0);
	}
	btf__add_struct(b, "outer", 4);
	btf__add_field(b, "", id, 0, 0);
	slice = slice_of_types(b, "struct outer * o ; o -> deepest", &err);
	assert_non_null(slice);
	assert_int_equal(count_of(slice, "deepest"), 1);
	assert_int_equal(count_of(slice, "union {"), LEVELS / 2);
	free(slice);
}

/* Members over many pages, and one behind all of them; a struct with as many members as BTF can count. */
static void test_huge(void **state)
{
	struct btf *b = btf__new_empty();
	int i32 = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	int page = btf__add_array(b, i32, i32, 1 << 20);
	struct bcc_err err;
	char name[32], *slice;

	btf__add_struct(b, "huge", (1 << 23) + 4);
	btf__add_field(b, "a", page, 0, 0);
	btf__add_field(b, "b", page, 1 << 25, 0);
	btf__add_field(b, "last", i32, 1 << 26, 0);
	btf__add_struct(b, "wide", 60000 * 4);
	for (int i = 0; i < 60000; i++) {
		snprintf(name, sizeof(name), "member%d", i);
		btf__add_field(b, name, i32, i * 32, 0);
	}
	slice = slice_of_types(b, "struct huge * h ; struct wide * w ;", &err);
	assert_non_null(slice);
	assert_int_equal(count_of(slice, "[1048576]"), 2);
	assert_int_equal(count_of(slice, "int member"), 60000);
	assert_int_equal(count_of(slice, "long"), 0);
	free(slice);
}

/* a → b → c → a, and a function that takes one */
static void test_circle(void **state)
{
	struct btf *b = btf__new_empty();
	struct bcc_err err;
	char *slice;
	int first = 1, proto;

	for (int i = 0; i < 3; i++) {
		btf__add_struct(b, (const char *[]){"a", "b", "c"}[i], 8);
		btf__add_field(b, "next", i < 2 ? first + 3 + i : first + 5, 0, 0);
	}
	assert_int_equal(btf__add_ptr(b, first + 1), first + 3);
	btf__add_ptr(b, first + 2);
	btf__add_ptr(b, first + 6);
	assert_int_equal(btf__add_const(b, first + 7), first + 6);
	btf__add_typedef(b, "a_t", first);
	proto = btf__add_func_proto(b, 0);
	btf__add_func_param(b, "self", first + 5);
	btf__add_typedef(b, "callback", btf__add_ptr(b, proto));
	slice = slice_of_types(b, "struct a * p ; p -> next ; callback c ;", &err);
	assert_non_null(slice);
	assert_int_equal(count_of(slice, "struct a {"), 1);
	assert_int_equal(count_of(slice, "struct b {"), 1);
	assert_int_equal(count_of(slice, "struct c {"), 1);
	assert_non_null(strstr(slice, "const a_t *next;"));
	free(slice);
}

/* A kernel whose BTF marks pointers to user memory: texts get the marks as they would write them. */
static void test_user_pointer(void **state)
{
	struct btf *b = btf__new_empty();
	int i32 = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	int pointer = btf__add_ptr(b, btf__add_type_tag(b, "user", i32));
	struct bcc_err err;
	char *slice;

	btf__add_struct(b, "s", 8);
	btf__add_field(b, "m", pointer, 0, 0);
	slice = slice_of_types(b, "struct s * p ; p -> m", &err);
	assert_non_null(slice);
	assert_non_null(strstr(slice, "int __attribute__((btf_type_tag(\"user\"))) *m;"));
	free(slice);
}

/* What no compiler makes is rejected with a message. */
static void expect_refused(struct btf *b)
{
	struct bcc_err err;

	assert_null(slice_of_types(b, "struct s * p ; p -> m ;", &err));
	assert_int_equal(err.code, -EINVAL);
	assert_non_null(strstr(err.text, "BTF is damaged"));
	bcc_err_clear(&err);
}

static struct btf *one_struct(int size)
{
	struct btf *b = btf__new_empty();

	btf__add_struct(b, "s", size); /* its one member will be type 2 */
	btf__add_field(b, "m", 2, 0, 0);
	return b;
}

static void test_endless(void **state)
{
	struct btf *b = one_struct(8);
	int id = 1;

	btf__add_ptr(b, 2); /* a pointer to itself */
	expect_refused(b);
	b = one_struct(4);
	btf__add_const(b, 3);
	btf__add_volatile(b, 2);
	expect_refused(b);
	b = one_struct(8);
	btf__add_ptr(b, 3); /* struct { … *self; } without a name */
	btf__add_struct(b, "", 8);
	btf__add_field(b, "self", 2, 0, 0);
	expect_refused(b);
	b = one_struct(1 << 30); /* nothing but padding */
	btf__add_int(b, "int", 4, 0);
	expect_refused(b);
	b = one_struct(4); /* of a struct that is only declared */
	btf__add_fwd(b, "declared", BTF_FWD_STRUCT);
	expect_refused(b);
	b = one_struct(1); /* 2 to the power of 40 members */
	btf__add_struct(b, "", 1);
	for (id = 3; id < 43; id++) {
		btf__add_field(b, "x", id, 0, 0);
		btf__add_field(b, "y", id, 0, 0);
		btf__add_struct(b, "", 1);
	}
	expect_refused(b);
}

/* Of the running kernel, by names of each kind. */
static void test_subset_of_kernel(void **state)
{
	static const char text[] =
		"struct task_struct * t ; t -> mm -> exe_file -> f_inode ; struct sock * sk ; x = TCP_LISTEN ; "
		"struct sk_buff skb ; skb . dev -> nd_net ; loff_t at ; struct request * rq ; rq -> q -> disk ; "
		"irq_handler_t handler ; enum hrtimer_restart r ; struct bio * bio ; bio -> bi_bdev";
	struct btf *whole = btf__load_vmlinux_btf();
	struct bcc_names *n;
	struct bcc_err err = {0};
	char *slice;

	if (!whole || libbpf_get_error(whole)) {
		print_message("SKIP: this kernel has no BTF\n");
		skip();
	}
	n = names_of(text);
	assert_int_equal(bcc_btf_slice(whole, n, &slice, &err), 0);
	assert_same_of_subset(whole, text, slice);
	free(slice);
	bcc_names_free(n);
	btf__free(whole);
}

/* The first `size` bytes of a small kernel's, with the types ending `less` bytes before they do. */
static int open_damaged(uint32_t size, uint32_t less)
{
	struct btf *b = small_kernel();
	struct bcc_btf_bytes bytes;
	uint32_t whole;
	const void *data = btf__raw_data(b, &whole);
	char *copy = malloc(whole);
	int r;

	assert_true(data && copy);
	memcpy(copy, data, whole);
	((struct btf_header *)copy)->type_len -= less;
	r = bcc_btf_bytes_of(&bytes, copy, size < whole ? size : whole);
	bcc_btf_bytes_close(&bytes);
	btf__free(b);
	return r;
}

static void test_damaged_bytes(void **state)
{
	assert_int_equal(open_damaged(UINT32_MAX, 0), 0);
	assert_int_equal(open_damaged(0, 0), -EINVAL);
	assert_int_equal(open_damaged(7, 0), -EINVAL);
	assert_int_equal(open_damaged(100, 0), -EINVAL);
	assert_int_equal(open_damaged(UINT32_MAX, 4), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_definitions),
		cmocka_unit_test(test_slice),
		cmocka_unit_test(test_subset_of_kernel),
		cmocka_unit_test(test_damaged_bytes),
		cmocka_unit_test(test_own_definitions),
		cmocka_unit_test(test_own_definition_of_embedded),
		cmocka_unit_test(test_deep_names),
		cmocka_unit_test(test_deep_without_names),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_circle),
		cmocka_unit_test(test_user_pointer),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
