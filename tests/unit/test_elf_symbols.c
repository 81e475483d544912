/* SPDX-License-Identifier: Apache-2.0 */
/* A small ELF file, built here so that every address in it is known; then the same file broken in many
 * ways. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#include <cmocka.h>

#include "common/array.h"
#include "libbcc/symbols/elf/elf_symbols.h"
#include "libbcc/symbols/elf/ifunc.h"

#define TEXT_ADDRESS 0x3000
#define TEXT_OFFSET 0x800
#define TEXT_SIZE 0x400
#define DATA_ADDRESS 0x5000

enum { NONE, DYNSYM, DYNSTR, VERSYM, VERDEF, SYMTAB, STRTAB, SECTIONS };

struct image {
	unsigned char bytes[8192];
	size_t size;
	char strings[512];
	size_t strings_size;
	ElfW(Shdr) sections[SECTIONS];
};

static unsigned string(struct image *image, const char *s)
{
	unsigned at = image->strings_size;

	strcpy(image->strings + at, s);
	image->strings_size += strlen(s) + 1;
	return at;
}

static void append(struct image *image, int section, const void *data, size_t size)
{
	image->size = (image->size + 7) & ~7ULL;
	image->sections[section].sh_offset = image->size;
	image->sections[section].sh_size = size;
	memcpy(image->bytes + image->size, data, size);
	image->size += size;
}

static ElfW(Sym)
	symbol(struct image *image, const char *name, int type, int bind, int section, uint64_t value)
{
	return (ElfW(Sym)){.st_name = string(image, name),
		.st_info = ELF64_ST_INFO(bind, type),
		.st_shndx = section,
		.st_value = value,
		.st_size = 16};
}

static void add_dynamic(struct image *image)
{
	ElfW(Sym) symbols[] = {
		{0},
		symbol(image, "work", STT_FUNC, STB_GLOBAL, 1, TEXT_ADDRESS + 0x10),
		symbol(image, "twice", STT_FUNC, STB_GLOBAL, 1, TEXT_ADDRESS + 0x20), /* V1, hidden */
		symbol(image, "twice", STT_FUNC, STB_GLOBAL, 1, TEXT_ADDRESS + 0x30), /* V2, the default */
		symbol(image, "borrowed", STT_FUNC, STB_GLOBAL, SHN_UNDEF, 0),
		symbol(image, "number", STT_OBJECT, STB_GLOBAL, 1, DATA_ADDRESS),
		symbol(image, "chosen", STT_GNU_IFUNC, STB_GLOBAL, 1, TEXT_ADDRESS + 0x40),
	};
	ElfW(Half) versions[] = {0, 1, 2 | 0x8000, 3, 0, 1, 1};
	struct {
		ElfW(Verdef) definition;
		ElfW(Verdaux) name;
	} definitions[2] = {0};

	for (int i = 0; i < 2; i++) {
		definitions[i].definition.vd_version = 1;
		definitions[i].definition.vd_ndx = 2 + i;
		definitions[i].definition.vd_cnt = 1;
		definitions[i].definition.vd_aux = offsetof(typeof(definitions[0]), name);
		definitions[i].definition.vd_next = i ? 0 : sizeof(definitions[0]);
		definitions[i].name.vda_name = string(image, i ? "V2" : "V1");
	}
	append(image, DYNSYM, symbols, sizeof(symbols));
	append(image, VERSYM, versions, sizeof(versions));
	append(image, VERDEF, definitions, sizeof(definitions));
	image->sections[VERDEF].sh_info = 2;
}

static void add_static(struct image *image)
{
	ElfW(Sym) symbols[] = {
		{0},
		symbol(image, "helper", STT_FUNC, STB_LOCAL, 1, TEXT_ADDRESS + 0x50),
		symbol(image, "from_assembly", STT_NOTYPE, STB_GLOBAL, 1, TEXT_ADDRESS + 0x60),
		symbol(image, "old_style@@V2", STT_FUNC, STB_GLOBAL, 1, TEXT_ADDRESS + 0x70),
		symbol(image, "old_style@V1", STT_FUNC, STB_GLOBAL, 1, TEXT_ADDRESS + 0x80),
		symbol(image, "helper.constprop.0", STT_FUNC, STB_LOCAL, 1, TEXT_ADDRESS + 0x90),
	};

	append(image, SYMTAB, symbols, sizeof(symbols));
}

static void set_section(struct image *image, int section, int type, size_t entry, int link)
{
	image->sections[section].sh_type = type;
	image->sections[section].sh_entsize = entry;
	image->sections[section].sh_link = link;
}

/* The identification of a file for this machine is copied from the test program itself. */
static void build(struct image *image)
{
	ElfW(Ehdr) header;
	ElfW(Phdr) segments[] = {
		{.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = 0x700, .p_memsz = 0x700},
		{.p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = TEXT_ADDRESS,
			.p_offset = TEXT_OFFSET,
			.p_filesz = TEXT_SIZE,
			.p_memsz = TEXT_SIZE},
		{.p_type = PT_LOAD,
			.p_flags = PF_R | PF_W,
			.p_vaddr = DATA_ADDRESS,
			.p_offset = 0xc00,
			.p_filesz = 0x10,
			.p_memsz = 0x2000},
	};
	int fd = open("/proc/self/exe", O_RDONLY);

	memset(image, 0, sizeof(*image));
	assert_int_equal(read(fd, &header, sizeof(header)), sizeof(header));
	close(fd);
	image->strings_size = 1;
	image->size = sizeof(header);
	memcpy(image->bytes + image->size, segments, sizeof(segments));
	image->size += sizeof(segments);
	add_dynamic(image);
	add_static(image);
	append(image, DYNSTR, image->strings, image->strings_size);
	append(image, STRTAB, image->strings, image->strings_size);
	set_section(image, DYNSYM, SHT_DYNSYM, sizeof(ElfW(Sym)), DYNSTR);
	set_section(image, SYMTAB, SHT_SYMTAB, sizeof(ElfW(Sym)), STRTAB);
	set_section(image, DYNSTR, SHT_STRTAB, 0, 0);
	set_section(image, STRTAB, SHT_STRTAB, 0, 0);
	set_section(image, VERSYM, SHT_GNU_versym, 2, DYNSYM);
	set_section(image, VERDEF, SHT_GNU_verdef, 0, DYNSTR);
	image->size = (image->size + 7) & ~7ULL;
	header.e_type = ET_DYN;
	header.e_phoff = sizeof(header);
	header.e_phnum = 3;
	header.e_shoff = image->size;
	header.e_shnum = SECTIONS;
	header.e_shstrndx = STRTAB;
	memcpy(image->bytes, &header, sizeof(header));
	memcpy(image->bytes + image->size, image->sections, sizeof(image->sections));
	image->size += sizeof(image->sections);
}

static int file_of(const void *bytes, size_t size)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	return fd;
}

struct fixture {
	struct image image;
	struct bcc_err err;
	struct bcc_elf *elf;
	int fd;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	build(&f->image);
	f->fd = file_of(f->image.bytes, f->image.size);
	assert_int_equal(bcc_elf_open(&f->err, f->fd, "small.so", &f->elf), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	bcc_elf_close(f->elf);
	bcc_err_clear(&f->err);
	close(f->fd);
	free(f);
	return 0;
}

static void expect_address(struct fixture *f, const char *name, uint64_t address)
{
	struct bcc_elf_function function;

	assert_int_equal(bcc_elf_find_function(&f->err, f->elf, name, &function), 0);
	assert_int_equal(function.address, address);
}

static void expect_missing(struct fixture *f, const char *name, const char *sentence)
{
	struct bcc_elf_function function;

	assert_int_equal(bcc_elf_find_function(&f->err, f->elf, name, &function), -ENOENT);
	if (!strstr(f->err.text, sentence))
		fail_msg("\"%s\" is not in: %s", sentence, f->err.text);
}

static void test_finds_functions_of_both_tables(void **state)
{
	expect_address(*state, "work", TEXT_ADDRESS + 0x10);
	expect_address(*state, "helper", TEXT_ADDRESS + 0x50);
	expect_address(*state, "from_assembly", TEXT_ADDRESS + 0x60);
	expect_address(*state, "helper.constprop.0", TEXT_ADDRESS + 0x90);
}

/* Symbols whose strings are not terminated have no names. */
static void test_strings_without_end(void **state)
{
	struct fixture *f = *state;
	const ElfW(Shdr) *strings = &f->image.sections[DYNSTR];

	assert_int_equal(pwrite(f->fd, "x", 1, strings->sh_offset + strings->sh_size - 1), 1);
	expect_address(f, "helper", TEXT_ADDRESS + 0x50);
	expect_missing(f, "work", "has no function work");
}

static void test_versions(void **state)
{
	expect_address(*state, "twice", TEXT_ADDRESS + 0x30);
	expect_address(*state, "twice@V1", TEXT_ADDRESS + 0x20);
	expect_address(*state, "twice@V2", TEXT_ADDRESS + 0x30);
	expect_address(*state, "twice@@V2", TEXT_ADDRESS + 0x30);
	expect_address(*state, "old_style", TEXT_ADDRESS + 0x70);
	expect_address(*state, "old_style@V1", TEXT_ADDRESS + 0x80);
	expect_missing(*state, "twice@V3", "no function twice@V3");
}

static void test_what_is_not_there(void **state)
{
	expect_missing(*state, "borrowed", "only imports borrowed");
	expect_missing(*state, "number", "is not a function");
	expect_missing(*state, "wrok", "did you mean work?");
	expect_missing(*state, "helper.constprop", "helper.constprop.0");
	expect_missing(*state, "nothing_like_it_at_all", "has no function nothing_like_it_at_all");
	expect_missing(*state, "", "has no function");
	expect_missing(*state, "@V1", "has no function");
}

static void test_ifunc_is_marked(void **state)
{
	struct fixture *f = *state;
	struct bcc_elf_function function;

	assert_int_equal(bcc_elf_find_function(&f->err, f->elf, "chosen", &function), 0);
	assert_true(function.is_ifunc);
	assert_int_equal(bcc_elf_find_function(&f->err, f->elf, "work", &function), 0);
	assert_false(function.is_ifunc);
}

static void test_offsets(void **state)
{
	struct fixture *f = *state;
	uint64_t offset;

	assert_int_equal(bcc_elf_file_offset(&f->err, f->elf, TEXT_ADDRESS + 0x10, &offset), 0);
	assert_int_equal(offset, TEXT_OFFSET + 0x10);
	assert_int_equal(bcc_elf_file_offset(&f->err, f->elf, TEXT_ADDRESS + TEXT_SIZE - 1, &offset), 0);
	assert_int_equal(offset, TEXT_OFFSET + TEXT_SIZE - 1);
	assert_int_equal(bcc_elf_file_offset(&f->err, f->elf, TEXT_ADDRESS + TEXT_SIZE, &offset), -EINVAL);
	assert_non_null(strstr(f->err.text, "none of its segments"));
	assert_int_equal(bcc_elf_file_offset(&f->err, f->elf, DATA_ADDRESS, &offset), -EINVAL);
	assert_non_null(strstr(f->err.text, "not executable"));
	assert_int_equal(bcc_elf_file_offset(&f->err, f->elf, UINT64_MAX, &offset), -EINVAL);
}

static void expect_not_elf(const void *bytes, size_t size, const char *why)
{
	struct bcc_err err = {0};
	struct bcc_elf *elf;
	int fd = file_of(bytes, size);

	assert_int_equal(bcc_elf_open(&err, fd, "broken", &elf), -ENOEXEC);
	assert_null(elf);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in: %s", why, err.text);
	bcc_err_clear(&err);
	close(fd);
}

static void test_files_that_are_none(void **state)
{
	struct fixture *f = *state;
	ElfW(Ehdr) *header = (void *)f->image.bytes;

	expect_not_elf("", 0, "no ELF header");
	expect_not_elf("#!/bin/sh\n", 10, "no ELF header");
	expect_not_elf(f->image.bytes, 20, "broken is not an ELF");
	header->e_type = ET_REL;
	expect_not_elf(f->image.bytes, f->image.size, "object");
	header->e_type = ET_DYN;
	header->e_machine = EM_SPARCV9;
	expect_not_elf(f->image.bytes, f->image.size, "another architecture");
}

static const char *const names[] = {"work", "twice@V1", "helper", "old_style", "borrowed", "none", "chosen"};

/* For any bytes: an answer or an error with a message, and no access out of bounds. */
static void read_all(const void *bytes, size_t size)
{
	struct bcc_err err = {0};
	struct bcc_elf *elf;
	int fd = file_of(bytes, size);
	int code = bcc_elf_open(&err, fd, "broken", &elf);

	assert_true(!code || (code == -ENOEXEC && err.text));
	for (size_t i = 0; !code && i < ARRAY_SIZE(names); i++) {
		struct bcc_elf_function function;
		uint64_t offset;
		int found = bcc_elf_find_function(&err, elf, names[i], &function);

		assert_true(!found || (found == -ENOENT && err.text));
		if (!found)
			bcc_elf_file_offset(&err, elf, function.address, &offset);
	}
	bcc_elf_close(elf);
	bcc_err_clear(&err);
	close(fd);
}

static void test_truncated_anywhere(void **state)
{
	struct fixture *f = *state;

	for (size_t size = 0; size < f->image.size; size++)
		read_all(f->image.bytes, size);
}

static void test_flipped_bytes(void **state)
{
	struct fixture *f = *state;
	unsigned char *bytes = malloc(f->image.size);
	unsigned seed = 20240611;

	for (int round = 0; round < 20000; round++) {
		memcpy(bytes, f->image.bytes, f->image.size);
		for (int flips = 1 + rand_r(&seed) % 4; flips; flips--)
			bytes[rand_r(&seed) % f->image.size] = rand_r(&seed);
		read_all(bytes, f->image.size);
	}
	free(bytes);
}

/* libc is loaded here, so what its loader chose for strlen can be compared with what this program calls. */
static int find_libc(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct dl_phdr_info *found = ctx;

	if (!strstr(info->dlpi_name, "/libc.so"))
		return 0;
	*found = *info;
	return 1;
}

static void test_ifunc_choice_is_what_runs_here(void **state)
{
	struct dl_phdr_info libc = {0};
	uint64_t address;
	int fd, exe = open("/proc/self/exe", O_RDONLY);

	if (!dl_iterate_phdr(find_libc, &libc)) {
		printf("SKIP: this program has no libc.so of its own to compare with\n");
		skip();
	}
	fd = open(libc.dlpi_name, O_RDONLY);
	assert_true(fd >= 0);
	assert_true(bcc_ifunc_choice(fd, "rawmemchr", &address));
	assert_int_equal(address, (uintptr_t)rawmemchr - libc.dlpi_addr);
	assert_true(bcc_ifunc_choice(fd, "wmemset", &address));
	assert_int_equal(address, (uintptr_t)wmemset - libc.dlpi_addr);
	assert_false(bcc_ifunc_choice(fd, "no_such_function", &address));
	assert_false(bcc_ifunc_choice(exe, "strlen", &address));
	close(fd);
	close(exe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_finds_functions_of_both_tables, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strings_without_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ifunc_is_marked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_offsets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_that_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flipped_bytes, setup, teardown),
		cmocka_unit_test(test_ifunc_choice_is_what_runs_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
