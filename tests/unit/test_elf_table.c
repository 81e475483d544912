/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of an ELF file's symbols: which symbol an address belongs to if symbols overlap, and how broken
 * files are handled. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/array.h"
#include "libbcc/symbols/elf/elf_symbols.h"
#include "libbcc/symbols/elf/elf_table.h"

static const struct bcc_root own = {.fd = -1};

static const struct bcc_elf_table *open_table(const char *path)
{
	const struct bcc_elf_table *table;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(bcc_elf_table_get(NULL, fd, path, &own, 0, &table), 0);
	close(fd);
	return table;
}

static void expect(const struct bcc_elf_table *table, uint64_t address, const char *name)
{
	const struct bcc_elf_entry *entry = bcc_elf_table_at(table, address);

	if (!name) {
		if (entry)
			fail_msg("%#llx is in %s", (unsigned long long)address,
				bcc_elf_entry_name(table, entry));
		return;
	}
	assert_non_null(entry);
	assert_string_equal(bcc_elf_entry_name(table, entry), name);
}

static void test_layout(void **state)
{
	const struct bcc_elf_table *table = open_table(TARGETS "/libtarget_layout.so");
	const struct bcc_elf_entry *first = bcc_elf_table_find(table, "layout_sized");
	uint64_t at;

	assert_non_null(first);
	at = first->address;
	expect(table, at - 1, NULL);
	expect(table, at, "layout_sized");
	expect(table, at + 15, "layout_sized");
	expect(table, at + 16, "layout_sized"); /* layout_mark is not a function of its own */
	expect(table, at + 32, "layout_nested");
	expect(table, at + 39, "layout_nested");
	expect(table, at + 40, "layout_sized");
	expect(table, at + 63, "layout_sized");
	expect(table, at + 64, NULL);
	expect(table, at + 80, "layout_sizeless");
	expect(table, at + 111, "layout_sizeless");
	expect(table, at + 112, "layout_alias");
	expect(table, at + 127, "layout_alias");
	expect(table, at + 128, NULL);
	expect(table, at + 144, "layout_last");
	expect(table, at + 151, "layout_last");
	expect(table, at + 152, NULL); /* end of the section */
	expect(table, UINT64_MAX, NULL);
	expect(table, 0, NULL);
	assert_int_equal(bcc_elf_entry_size(first), 64);
	assert_int_equal(bcc_elf_entry_size(bcc_elf_table_find(table, "layout_sizeless")), 0);
	/* all names are there, the worse ones too */
	assert_int_equal(bcc_elf_table_find(table, "__layout_alias")->address, at + 112);
	assert_int_equal(bcc_elf_table_find(table, "layout_local")->address, at + 112);
	assert_null(bcc_elf_table_find(table, "layout"));
	bcc_elf_table_put(table);
}

static void test_a_file_is_kept_once(void **state)
{
	const struct bcc_elf_table *a = open_table(TARGETS "/target_pie"),
				   *b = open_table(TARGETS "/target_pie"),
				   *other = open_table(TARGETS "/target_no_pie");

	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, other);
	bcc_elf_table_put(a);
	assert_non_null(bcc_elf_table_find(b, "target_leaf"));
	bcc_elf_table_put(b);
	bcc_elf_table_put(other);
	bcc_elf_table_put(NULL);
}

/* Functions to attach to are found in debug files as well. */
static void test_function_of_debug_file(void **state)
{
	struct bcc_elf_function here, there;
	struct bcc_elf *elf;
	int fd = open(TARGETS "/target_debuglink", O_RDONLY | O_CLOEXEC);

	assert_int_equal(bcc_elf_open(NULL, fd, TARGETS "/target_debuglink", &elf), 0);
	assert_int_equal(bcc_elf_find_function(NULL, elf, "target_leaf", &here), 0);
	assert_int_equal(bcc_elf_find_function(NULL, elf, "target_no_such", &there), -ENOENT);
	bcc_elf_close(elf);
	close(fd);
	fd = open(TARGETS "/target_pie", O_RDONLY | O_CLOEXEC);
	assert_int_equal(bcc_elf_open(NULL, fd, TARGETS "/target_pie", &elf), 0);
	assert_int_equal(bcc_elf_find_function(NULL, elf, "target_leaf", &there), 0);
	assert_int_equal(here.address, there.address);
	assert_int_equal(here.size, there.size);
	bcc_elf_close(elf);
	close(fd);
}

/* ---- broken files ---- */

static char *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *bytes;

	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc(st.st_size);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, st.st_size), st.st_size);
	close(fd);
	*size = st.st_size;
	return bytes;
}

/* For any file: a failure with its message, or a table that can be queried in every way. */
static void try_file(int fd, const char *bytes, size_t size)
{
	const struct bcc_elf_table *table = NULL;
	struct bcc_err err = {0};
	uint64_t address;
	int code;

	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, bytes, size, 0), size);
	code = bcc_elf_table_get(&err, fd, "/broken", &own, BCC_ELF_DATA, &table);
	if (code) {
		assert_true(code == -ENOEXEC || code == -ENOMEM);
		assert_int_equal(err.code, code);
		assert_true(strlen(err.text) > 10);
		bcc_err_clear(&err);
		return;
	}
	for (size_t i = 0; i < table->count; i++) {
		assert_true(table->entries[i].parent == UINT32_MAX || table->entries[i].parent < i);
		assert_true(i == 0 || table->entries[i - 1].address <= table->entries[i].address);
		bcc_elf_table_at(table, table->entries[i].address);
		bcc_elf_table_at(table, table->entries[i].address + table->entries[i].size);
	}
	bcc_elf_table_find(table, "target_leaf");
	bcc_elf_table_address(table, 0x1000, &address);
	bcc_elf_table_put(table);
}

static void test_truncated(void **state)
{
	int fd = memfd_create("broken", MFD_CLOEXEC);
	size_t size;
	char *bytes = read_file(TARGETS "/target_pie", &size);

	for (size_t length = 0; length < size; length += length < 1024 ? 1 : 61)
		try_file(fd, bytes, length);
	free(bytes);
	close(fd);
}

/* Wrong numbers, in the headers and anywhere else: always the same ones. */
static void test_lies(void **state)
{
	static const uint64_t lies[] = {0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0xffffffff, 1ULL << 40,
		0x7fffffffffffffff, UINT64_MAX, UINT64_MAX - 4095};
	static const char *const files[] = {TARGETS "/target_pie", TARGETS "/target_debuglink"};
	int fd = memfd_create("broken", MFD_CLOEXEC);
	uint64_t random = 88172645463325252ULL;

	for (size_t f = 0; f < ARRAY_SIZE(files); f++) {
		size_t size;
		char *bytes = read_file(files[f], &size), *copy = malloc(size);
		uint64_t sections;

		assert_non_null(copy);
		memcpy(&sections, bytes + 0x28, sizeof(sections)); /* e_shoff */
		for (int round = 0; round < 1500; round++) {
			memcpy(copy, bytes, size);
			for (int n = 0; n < 1 + round % 3; n++) {
				size_t at, width = 1ULL << (round + n) % 4;

				random ^= random << 13;
				random ^= random >> 7;
				random ^= random << 17; /* Marsaglia's xorshift64 */
				/* the ELF header, program headers, section headers, anything */
				at = round % 4 == 0   ? random % 64
				     : round % 4 == 1 ? 64 + random % 1024
				     : round % 4 == 2 ? sections + random % (size - sections)
						      : random % size;
				if (at + width <= size)
					memcpy(copy + at, &lies[random % (ARRAY_SIZE(lies))], width);
			}
			try_file(fd, copy, size);
		}
		free(copy);
		free(bytes);
	}
	close(fd);
}

/* A sparse file of 256 GB that claims as many bytes of symbols. */
static void test_hole(void **state)
{
	static const uint64_t huge = 1ULL << 38;
	int fd = memfd_create("hole", MFD_CLOEXEC);
	const struct bcc_elf_table *table;
	uint64_t sections;
	uint16_t count;
	size_t size;
	char *bytes = read_file(TARGETS "/target_pie", &size);

	memcpy(&sections, bytes + 0x28, sizeof(sections)); /* e_shoff, e_shnum */
	memcpy(&count, bytes + 0x3c, sizeof(count));
	for (uint16_t i = 1; i < count; i++)
		memcpy(bytes + sections + i * 64UL + 32, &huge, sizeof(huge)); /* sh_size */
	assert_int_equal(pwrite(fd, bytes, size, 0), size);
	assert_int_equal(ftruncate(fd, 2 * huge), 0);
	assert_int_equal(bcc_elf_table_get(NULL, fd, "/hole", &own, 0, &table), 0);
	assert_int_equal(table->count, 0);
	bcc_elf_table_put(table);
	free(bytes);
	close(fd);
}

static void test_what_is_no_program(void **state)
{
	static const char *const texts[] = {"", "x", "\177ELF", "#!/bin/sh\n"};
	int fd = memfd_create("broken", MFD_CLOEXEC), directory = open("/", O_RDONLY | O_CLOEXEC);
	const struct bcc_elf_table *table;
	struct bcc_err err = {0};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		try_file(fd, texts[i], strlen(texts[i]));
	assert_int_equal(bcc_elf_table_get(&err, directory, "/", &own, 0, &table), -ENOEXEC);
	assert_non_null(strstr(err.text, "/ is not an ELF file"));
	bcc_err_clear(&err);
	close(directory);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_a_file_is_kept_once),
		cmocka_unit_test(test_function_of_debug_file),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_what_is_no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
