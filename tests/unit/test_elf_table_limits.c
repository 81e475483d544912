/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files made so that reading them, or querying the table, would take very long. */
#include <elf.h>
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
#include <unistd.h>
#include <cmocka.h>

#include "libbcc/symbols/elf/elf_table.h"

#define CODE 0x1000UL
#define CODE_SIZE (1UL << 24)
#define MANY 50000UL
#define FILES 2000

static const struct bcc_root own = {.fd = -1};

struct made {
	Elf64_Sym *symbols;
	size_t count, room;
	char *strings;
	size_t strings_size;
};

static void start(struct made *made, size_t symbols, size_t strings)
{
	*made = (struct made){.room = symbols + 1, .count = 1, .strings_size = 1};
	made->symbols = calloc(made->room, sizeof(*made->symbols));
	made->strings = calloc(strings + 1, 1);
	assert_true(made->symbols && made->strings);
}

static void add_symbol(struct made *made, int type, size_t at, size_t size, size_t name)
{
	assert_true(made->count < made->room);
	made->symbols[made->count++] = (Elf64_Sym){.st_name = name,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = 1,
		.st_value = CODE + at,
		.st_size = size};
}

/* With a name of its own, composed of its start and size. */
static void add_named(struct made *made, int type, size_t at, size_t size)
{
	size_t name = made->strings_size;

	made->strings_size += sprintf(made->strings + name, "%zx+%zx", at, size) + 1;
	add_symbol(made, type, at, size, name);
}

/* A code file with one section for all symbols. */
static int write_file(const struct made *made)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		Elf64_Shdr sections[4];
	} head = {0};
	size_t symbols = made->count * sizeof(*made->symbols);
	int fd = memfd_create("made", MFD_CLOEXEC);

	memcpy(head.header.e_ident, ELFMAG, SELFMAG);
	head.header.e_ident[EI_CLASS] = ELFCLASS64;
	head.header.e_ident[EI_DATA] = __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB;
	head.header.e_ident[EI_VERSION] = head.header.e_version = EV_CURRENT;
	head.header.e_type = ET_DYN;
	head.header.e_machine = EM_X86_64;
	head.header.e_ehsize = sizeof(head.header);
	head.header.e_phoff = offsetof(typeof(head), segment);
	head.header.e_phentsize = sizeof(head.segment);
	head.header.e_phnum = 1;
	head.header.e_shoff = offsetof(typeof(head), sections);
	head.header.e_shentsize = sizeof(*head.sections);
	head.header.e_shnum = 4;
	head.segment = (Elf64_Phdr){
		.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = CODE, .p_memsz = CODE_SIZE};
	head.sections[1] = (Elf64_Shdr){.sh_type = SHT_NOBITS,
		.sh_flags = SHF_ALLOC | SHF_EXECINSTR,
		.sh_addr = CODE,
		.sh_size = CODE_SIZE};
	head.sections[2] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
		.sh_offset = sizeof(head),
		.sh_size = symbols,
		.sh_link = 3,
		.sh_entsize = sizeof(*made->symbols)};
	head.sections[3] = (Elf64_Shdr){
		.sh_type = SHT_STRTAB, .sh_offset = sizeof(head) + symbols, .sh_size = made->strings_size};
	assert_true(fd >= 0);
	assert_int_equal(write(fd, &head, sizeof(head)), sizeof(head));
	assert_int_equal(write(fd, made->symbols, symbols), symbols);
	assert_int_equal(write(fd, made->strings, made->strings_size), made->strings_size);
	return fd;
}

/* Finishes what was started. */
static int get(struct made *made, const struct bcc_elf_table **table)
{
	int fd = write_file(made);
	int code = bcc_elf_table_get(NULL, fd, "/made", &own, 0, table);

	close(fd);
	free(made->symbols);
	free(made->strings);
	return code;
}

static void expect(const struct bcc_elf_table *table, size_t at, size_t start, size_t size)
{
	const struct bcc_elf_entry *entry = bcc_elf_table_at(table, CODE + at);
	char name[64];

	snprintf(name, sizeof(name), "%zx+%zx", start, size);
	assert_non_null(entry);
	assert_string_equal(bcc_elf_entry_name(table, entry), name);
}

/* Steps of a look-up that finds nothing. */
static size_t depth_at(const struct bcc_elf_table *table, size_t i)
{
	size_t depth = 0;

	for (uint32_t at = i; at != UINT32_MAX; at = table->entries[at].parent)
		depth++;
	return depth;
}

/* Each symbol inside the previous one: nesting that people could have written is right, and no look-up takes
 * long. */
static void test_nested(void **state)
{
	const struct bcc_elf_table *table;
	struct made made;

	start(&made, MANY, 32 * MANY);
	for (size_t i = 0; i < MANY; i++)
		add_named(&made, STT_FUNC, i, 3 * MANY - 2 * i);
	assert_int_equal(get(&made, &table), 0);
	assert_int_equal(table->count, MANY);
	for (size_t i = 0; i < MANY; i++) {
		expect(table, i, i, 3 * MANY - 2 * i);
		assert_true(depth_at(table, i) <= 256);
	}
	for (size_t i = 0; i < 200; i++) /* the last byte of each */
		expect(table, 3 * MANY - i - 1, i, 3 * MANY - 2 * i);
	assert_null(bcc_elf_table_at(table, CODE + 3 * MANY));
	bcc_elf_table_put(table);
}

/* Very many symbols that have ended, followed by as many labels in the function around all of them. */
static void test_marks_behind_nested(void **state)
{
	const struct bcc_elf_table *table;
	struct made made;

	start(&made, 1 + 2 * MANY, 64 * MANY);
	add_named(&made, STT_FUNC, 0, 4 * MANY);
	for (size_t i = 1; i <= MANY; i++)
		add_named(&made, STT_FUNC, i, 2 * (MANY - i) + 1);
	for (size_t i = 0; i < MANY; i++)
		add_named(&made, STT_NOTYPE, 3 * MANY + i, 0);
	assert_int_equal(get(&made, &table), 0);
	assert_int_equal(table->count, 1 + MANY);
	expect(table, 1, 1, 2 * MANY - 1);
	expect(table, MANY, MANY, 1);
	expect(table, 2 * MANY, 0, 4 * MANY);
	expect(table, 3 * MANY + 7, 0, 4 * MANY);
	bcc_elf_table_put(table);
}

/* Names that are the tails of one long string exceed the limit together; without terminator they are no
 * names. */
static void test_long_names(void **state)
{
	const size_t length = 1 << 20;
	const struct bcc_elf_table *table;
	struct made made;

	for (int ended = 0; ended < 2; ended++) {
		start(&made, 10000, length);
		memset(made.strings + 1, 'n', length - 1);
		made.strings_size = length + ended;
		for (size_t i = 0; i < 10000; i++)
			add_symbol(&made, STT_FUNC, 16 * i, 16, 1 + i);
		assert_int_equal(get(&made, &table), ended ? -ENOMEM : 0);
		if (!ended) {
			assert_int_equal(table->count, 0);
			bcc_elf_table_put(table);
		}
	}
	/* a few of them are fine */
	start(&made, 2, length);
	memset(made.strings + 1, 'n', length - 1);
	made.strings_size = length + 1;
	add_symbol(&made, STT_FUNC, 0, 16, 1);
	add_symbol(&made, STT_FUNC, 16, 16, length - 3);
	assert_int_equal(get(&made, &table), 0);
	assert_int_equal(strlen(bcc_elf_entry_name(table, bcc_elf_table_at(table, CODE))), length - 1);
	assert_string_equal(bcc_elf_entry_name(table, bcc_elf_table_at(table, CODE + 16)), "nnn");
	bcc_elf_table_put(table);
}

/* Each file has its own table, shared by all users, until nobody uses it any more. */
static void test_many_files(void **state)
{
	const struct bcc_elf_table *tables[FILES], *table;
	int fds[FILES];

	for (size_t i = 0; i < FILES; i++) {
		struct made made;

		start(&made, 1, 64);
		add_named(&made, STT_FUNC, i, 16);
		fds[i] = write_file(&made);
		assert_int_equal(bcc_elf_table_get(NULL, fds[i], "/made", &own, 0, &tables[i]), 0);
		free(made.symbols);
		free(made.strings);
		if (i >= 900) { /* number of files that may be open */
			close(fds[i]);
			fds[i] = -1;
		}
	}
	for (size_t i = 0; i < FILES; i++) {
		expect(tables[i], i, i, 16);
		if (fds[i] < 0)
			continue;
		assert_int_equal(bcc_elf_table_get(NULL, fds[i], "/made", &own, 0, &table), 0);
		assert_ptr_equal(table, tables[i]);
		bcc_elf_table_put(table);
		/* including variables, it is another table */
		assert_int_equal(bcc_elf_table_get(NULL, fds[i], "/made", &own, BCC_ELF_DATA, &table), 0);
		assert_ptr_not_equal(table, tables[i]);
		bcc_elf_table_put(table);
		close(fds[i]);
	}
	for (size_t i = 0; i < FILES; i += 2)
		bcc_elf_table_put(tables[i]);
	for (size_t i = 1; i < FILES; i += 2) {
		expect(tables[i], i, i, 16);
		bcc_elf_table_put(tables[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_marks_behind_nested),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_many_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
