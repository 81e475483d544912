/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols by build IDs: very many unknown ones, and among them those of existing files. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/symbols.h>

#include "libbcc/symbols/elf/elf_table.h"

#define UNKNOWN 5000

/* The file's build ID, and the offset of one of its functions. */
static void read_target(const char *path, uint8_t *build_id, uint64_t *offset)
{
	static const struct bcc_root own = {.fd = -1};
	const struct bcc_elf_table *table;
	const struct bcc_elf_entry *entry;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(bcc_elf_table_get(NULL, fd, path, &own, 0, &table), 0);
	entry = bcc_elf_table_find(table, "target_leaf");
	assert_non_null(entry);
	assert_int_equal(table->build_id_size, BCC_BUILD_ID_SIZE);
	memcpy(build_id, table->build_id, BCC_BUILD_ID_SIZE);
	for (size_t i = 0; i < table->segment_count; i++)
		if (table->segments[i].executable)
			*offset = entry->address - table->segments[i].address + table->segments[i].offset;
	bcc_elf_table_put(table);
	close(fd);
}

static void expect_unknown(struct bcc_symbols *s)
{
	for (unsigned i = 0; i < UNKNOWN; i++) {
		uint8_t build_id[BCC_BUILD_ID_SIZE] = {0xee, [15] = 1};
		struct bcc_symbol_info info;

		memcpy(build_id + 4, &i, sizeof(i));
		assert_int_equal(bcc_symbols_resolve_build_id(s, build_id, 16, &info), -ENOENT);
		assert_null(info.module);
	}
}

static void test_many(void **state)
{
	static const char *const paths[] = {TARGETS "/target_pie", TARGETS "/target_no_pie"};
	uint8_t build_ids[2][BCC_BUILD_ID_SIZE];
	struct bcc_symbol_info info;
	struct bcc_symbols *s;
	uint64_t offsets[2] = {0};

	assert_int_equal(bcc_symbols_open_build_ids(NULL, &s), 0);
	for (int i = 0; i < 2; i++) {
		read_target(paths[i], build_ids[i], &offsets[i]);
		assert_int_equal(bcc_symbols_resolve_build_id(s, build_ids[i], offsets[i], &info), -ENOENT);
	}
	expect_unknown(s);
	/* a file that was missing exists now, and stays when it is added again */
	for (int i = 0; i < 4; i++)
		assert_int_equal(bcc_symbols_add_file(s, paths[i % 2]), 0);
	expect_unknown(s);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(bcc_symbols_resolve_build_id(s, build_ids[i], offsets[i] + 1, &info), 0);
		assert_string_equal(info.name, "target_leaf");
		assert_string_equal(info.module, paths[i]);
		assert_int_equal(info.offset, 1);
	}
	bcc_symbols_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
