/* SPDX-License-Identifier: Apache-2.0 */
/* What an object says about its tables in words, and the tables that texts of one process share. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/map_types.h>

#include "common/array.h"
#include "libbcc/object/map_attributes.h"
#include "libbcc/object/shared_tables.h"

static int read_words(const char *symbol, const void *data, size_t size, uint64_t at, const char *table,
	struct bcc_table_words *words)
{
	struct bcc_section sections[2] = {{.name = ""}, {.name = ".bcc.words", .data = data, .size = size}};
	struct bcc_symbol symbols[2] = {{.name = ""}, {.name = symbol, .value = at, .section = 1}};
	struct bcc_name name = {symbol, 1};
	const struct bcc_elf elf = {.sections = sections,
		.section_count = 2,
		.symbols = symbols,
		.symbol_count = 2,
		.symbol_names = {&name, 1}};
	struct bcc_err err = {0};
	int ret = bcc_table_words(&elf, table, words, &err);

	assert_int_equal(err.code, ret);
	bcc_err_clear(&err);
	return ret;
}

#define READ(symbol, text, table) read_words(symbol, text, sizeof(text), 0, table, &words)

static void test_words(void **state)
{
	struct bcc_table_words words;

	assert_int_equal(READ("__bcc_word_ids", "hash", "ids"), 0);
	assert_true(!words.path && !words.inner && !words.is_public && !words.is_shared);
	assert_int_equal(READ("__bcc_word_ids", "hash:/sys/fs/bpf/a:$b", "ids"), 0);
	assert_string_equal(words.path, "/sys/fs/bpf/a:$b");
	assert_null(words.inner);
	assert_int_equal(READ("__bcc_word_ids", "hash_of_maps$other", "ids"), 0);
	assert_string_equal(words.inner, "other");
	assert_null(words.path);
	/* of another table */
	assert_int_equal(READ("__bcc_word_ids2", "hash:/x", "ids"), 0);
	assert_null(words.path);
	assert_int_equal(READ("__bcc_word_id", "hash:/x", "ids"), 0);
	assert_null(words.path);
	assert_int_equal(READ("__bcc_scope_ids", "public", "ids"), 0);
	assert_true(words.is_public && !words.is_shared);
	assert_int_equal(READ("__bcc_scope_ids", "shared", "ids"), 0);
	assert_true(!words.is_public && words.is_shared);
}

static void test_damaged_words(void **state)
{
	struct bcc_table_words words;

	/* unterminated, past the end, no bytes at all */
	assert_int_equal(read_words("__bcc_word_ids", "hash:/x", 7, 0, "ids", &words), -EINVAL);
	assert_int_equal(read_words("__bcc_word_ids", "hash", 5, 5, "ids", &words), -EINVAL);
	assert_int_equal(read_words("__bcc_word_ids", "hash", 5, UINT64_MAX, "ids", &words), -EINVAL);
	assert_int_equal(read_words("__bcc_word_ids", NULL, 5, 0, "ids", &words), -EINVAL);
	assert_int_equal(read_words("__bcc_scope_ids", "public", 6, 0, "ids", &words), -EINVAL);
	/* terminated by the last byte */
	assert_int_equal(read_words("__bcc_word_ids", "a\0b:c", 6, 2, "ids", &words), 0);
	assert_string_equal(words.path, "c");
}

static int add(struct bcc *b, const struct bcc_map_def *def, int fd, bool is_shared)
{
	int ret;

	bcc_shared_tables_lock();
	ret = bcc_shared_table_add(b, "t", def, fd, is_shared);
	bcc_shared_tables_unlock();
	return ret;
}

static int use(struct bcc *b, struct bcc_map_def *def, int *fd)
{
	int ret;

	bcc_err_clear(&b->err);
	*fd = -1;
	bcc_shared_tables_lock();
	ret = bcc_shared_table_use(b, "t", def, fd);
	bcc_shared_tables_unlock();
	return ret;
}

static int join(struct bcc *b, const struct bcc_map_def *def, int *fd)
{
	int ret;

	bcc_err_clear(&b->err);
	*fd = -1;
	bcc_shared_tables_lock();
	ret = bcc_shared_table_join(b, "t", def, fd);
	bcc_shared_tables_unlock();
	return ret;
}

static const struct bcc_map_def hash = {.type = 1, .key_size = 4, .value_size = 8, .max_entries = 100};

static void test_public_tables(void **state)
{
	struct bcc first = {.name = "first.c"}, second = {.name = "second.c"}, user = {.name = "user.c"};
	struct bcc_map_def larger = hash, def = {.type = BCC_MAP_TYPE_EXTERN, .key_size = 4, .value_size = 8};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), fd;

	assert_int_equal(use(&user, &def, &fd), -ENOENT);
	larger.max_entries = 200;
	assert_int_equal(add(&first, &hash, null, false), 0);
	assert_int_equal(add(&second, &larger, null, false), 0);
	/* the newest; after its text is closed, the previous one */
	assert_int_equal(use(&user, &def, &fd), 0);
	assert_int_equal(def.type, 1);
	assert_int_equal(def.max_entries, 200);
	assert_true(fd >= 0 && fd != null);
	close(fd);
	bcc_shared_tables_forget(&second);
	assert_int_equal(use(&user, &def, &fd), 0);
	assert_int_equal(def.max_entries, 100);
	close(fd);
	/* public is not shared: nobody joins it */
	assert_int_equal(join(&user, &larger, &fd), 0);
	assert_int_equal(fd, -1);
	def.value_size = 4;
	assert_int_equal(use(&user, &def, &fd), -EINVAL);
	assert_non_null(strstr(user.err.text, "first.c defines it with type hash"));
	bcc_shared_tables_forget(&first);
	assert_int_equal(use(&user, &def, &fd), -ENOENT);
	bcc_err_clear(&user.err);
	close(null);
}

static void test_shared_tables(void **state)
{
	struct bcc first = {.name = "first.c", .maps_namespace = (char *)""},
		   second = {.name = "second.c", .maps_namespace = (char *)""},
		   elsewhere = {.name = "elsewhere.c", .maps_namespace = (char *)"apart"};
	const struct {
		size_t offset;
		const char *part;
	} members[] = {
		{offsetof(struct bcc_map_def, type), "type array,"},
		{offsetof(struct bcc_map_def, key_size), "key 5 bytes"},
		{offsetof(struct bcc_map_def, value_size), "value 9 bytes"},
		{offsetof(struct bcc_map_def, max_entries), "101 entries"},
		{offsetof(struct bcc_map_def, flags), "flags 0x1"},
	};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), fd;

	assert_int_equal(join(&first, &hash, &fd), 0);
	assert_int_equal(fd, -1);
	assert_int_equal(add(&first, &hash, null, true), 0);
	assert_int_equal(join(&second, &hash, &fd), 0);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(join(&elsewhere, &hash, &fd), 0);
	assert_int_equal(fd, -1);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct bcc_map_def other = hash;

		(*(uint32_t *)((char *)&other + members[i].offset))++;
		assert_int_equal(join(&second, &other, &fd), -EINVAL);
		/* both definitions */
		assert_non_null(strstr(second.err.text, members[i].part));
		assert_non_null(
			strstr(second.err.text, "in first.c with type hash, key 4 bytes, value 8 bytes"));
	}
	bcc_shared_tables_forget(&first);
	assert_int_equal(join(&second, &hash, &fd), 0);
	assert_int_equal(fd, -1);
	bcc_err_clear(&second.err);
	close(null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_damaged_words),
		cmocka_unit_test(test_public_tables),
		cmocka_unit_test(test_shared_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
