/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of names: what is in one is found, and a damaged one is refused or read without harm. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "frontends/header_names/table.h"

/* Looks at everything that a name leads to; the sum is for nothing but to have looked. */
static unsigned long look_at(const struct bcc_header_table *table, const char *name)
{
	const struct bcc_header_name *found = bcc_header_table_find(table, name);
	unsigned long sum = 0;

	for (uint32_t i = 0; found && i < found->definitions; i++) {
		const struct bcc_header_definition *d = bcc_header_table_definition(table, found, i);

		if (!d)
			continue;
		sum += strlen(bcc_header_table_string(table, d->text));
		sum += strlen(bcc_header_table_header(table, d->header));
		for (uint32_t n = 0; n < d->needs; n++)
			sum += strlen(bcc_header_table_need(table, d, n));
	}
	return sum;
}

static void test_finds(void **state)
{
	const struct bcc_header_definition *d;
	const struct bcc_header_name *name;
	struct bcc_header_table table;

	assert_int_equal(bcc_header_table_of(&table, bcc_stand_ins, bcc_stand_ins_size), 0);
	name = bcc_header_table_find(&table, "get_order");
	assert_non_null(name);
	assert_int_equal(name->definitions, 1);
	d = bcc_header_table_definition(&table, name, 0);
	assert_non_null(d);
	assert_int_equal(d->kind, BCC_HEADER_FUNCTION);
	assert_non_null(strstr(bcc_header_table_string(&table, d->text), "get_order(unsigned long size)"));
	assert_string_equal(bcc_header_table_header(&table, d->header), "include/bcc/stand_ins.h");
	assert_null(bcc_header_table_definition(&table, name, 1));
	for (uint32_t i = 0; i < d->needs; i++)
		if (!strcmp(bcc_header_table_need(&table, d, i), "PAGE_SHIFT"))
			return;
	fail_msg("get_order() needs PAGE_SHIFT");
}

static void test_unknown_names(void **state)
{
	struct bcc_header_table table;

	assert_int_equal(bcc_header_table_of(&table, bcc_stand_ins, bcc_stand_ins_size), 0);
	assert_null(bcc_header_table_find(&table, ""));
	assert_null(bcc_header_table_find(&table, "get_orde"));
	assert_null(bcc_header_table_find(&table, "get_order_"));
	assert_null(bcc_header_table_find(&table, "\xff\xff"));
	assert_int_equal(bcc_header_table_find_header(&table, "include/linux/none.h"), -1);
	assert_int_equal(bcc_header_table_find_header(&table, "include/bcc/stand_ins.h"), 0);
}

static void test_cut_short(void **state)
{
	for (size_t size = 0; size < bcc_stand_ins_size; size += size < 256 ? 1 : 997) {
		void *copy = malloc(size ? size : 1);
		struct bcc_header_table table;

		assert_non_null(copy);
		memcpy(copy, bcc_stand_ins, size);
		assert_int_equal(bcc_header_table_of(&table, copy, size), -EBADMSG);
		bcc_header_table_close(&table);
		free(copy);
	}
}

/* Any word of it may be another. */
static void test_damaged(void **state)
{
	static const char *const names[] = {"get_order", "min", "test_bit", "rcu_dereference", "#timespec"};
	uint32_t *copy = malloc(bcc_stand_ins_size);
	size_t words = bcc_stand_ins_size / sizeof(*copy);
	unsigned long sum = 0;
	unsigned seed = 1;

	assert_non_null(copy);
	for (int round = 0; round < 4000; round++) {
		struct bcc_header_table table;
		size_t at;

		memcpy(copy, bcc_stand_ins, bcc_stand_ins_size);
		for (int i = 0; i < 1 + round % 40; i++) {
			seed = seed * 1103515245 + 12345;
			at = round % 2 ? seed / 7 % words : seed / 7 % 64;
			seed = seed * 1103515245 + 12345;
			copy[at] = round % 3 ? seed : seed % 4096;
		}
		if (!bcc_header_table_of(&table, copy, bcc_stand_ins_size))
			for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
				sum += look_at(&table, names[i]);
		bcc_header_table_close(&table);
	}
	free(copy);
	assert_true(sum > 0);
}

static void test_files(void **state)
{
	char path[] = "/tmp/bcc-names-XXXXXX";
	struct bcc_header_table table;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(bcc_header_table_open(&table, path), -EBADMSG);
	assert_int_equal(write(fd, bcc_stand_ins, bcc_stand_ins_size), bcc_stand_ins_size);
	close(fd);
	assert_int_equal(bcc_header_table_open(&table, path), 0);
	assert_true(look_at(&table, "min") > 0);
	bcc_header_table_close(&table);
	unlink(path);
	assert_int_equal(bcc_header_table_open(&table, path), -ENOENT);
	bcc_header_table_close(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
