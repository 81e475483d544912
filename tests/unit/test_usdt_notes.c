/* SPDX-License-Identifier: Apache-2.0 */
/* Notes of static probes: those of this program, moved by a prelinker, truncated, and overwritten with random
 * data. */
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
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/array.h"
#include "libbcc/usdt/argument_location.h"
#include "libbcc/usdt/notes.h"
#include "tests/kernel/static_probe.h"
#include "elf_section.h"

#define MOVED 0x1000

STATIC_PROBE_SEMAPHORE(bcc_notes_semaphore);

__attribute__((noinline, used)) static void probes(void)
{
	__asm__ volatile(STATIC_PROBE("bcc_notes", "first", "bcc_notes_semaphore", "8@$1 4@$2"));
	__asm__ volatile(STATIC_PROBE("bcc_notes", "second", "0", ""));
}

/* This program's file in memory, and as a file that can be written. */
static unsigned char *program;
static size_t program_size;
static int scratch;

static int read_program(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	program_size = st.st_size;
	program = malloc(program_size);
	for (size_t n = 0; n < program_size;) {
		ssize_t got = read(fd, program + n, program_size - n);

		assert_true(got > 0);
		n += got;
	}
	close(fd);
	scratch = memfd_create("program", MFD_CLOEXEC);
	assert_true(scratch >= 0);
	probes();
	return 0;
}

static int free_program(void **state)
{
	free(program);
	close(scratch);
	return 0;
}

static void write_scratch(const unsigned char *bytes, size_t size)
{
	assert_int_equal(ftruncate(scratch, 0), 0);
	assert_int_equal(pwrite(scratch, bytes, size, 0), size);
}

static Elf64_Shdr *section(unsigned char *elf, const char *name)
{
	Elf64_Shdr *found = elf_section(elf, name);

	if (!found)
		fail_msg("this program has no section %s", name);
	return found;
}

static void test_own_notes(void **state)
{
	uintptr_t load = 0;
	struct bcc_usdt_notes notes;

	write_scratch(program, program_size);
	assert_int_equal(bcc_usdt_notes_read(NULL, scratch, "program", &notes), 0);
	assert_int_equal(notes.count, 2);
	assert_ptr_equal(notes.arch, bcc_arch_host);
	assert_string_equal(notes.list[0].provider, "bcc_notes");
	assert_string_equal(notes.list[0].name, "first");
	assert_string_equal(notes.list[0].arguments, "8@$1 4@$2");
	assert_string_equal(notes.list[1].name, "second");
	assert_string_equal(notes.list[1].arguments, "");
	load = (uintptr_t)&bcc_notes_semaphore - notes.list[0].semaphore;
	assert_int_equal(load % 4096, 0);
	assert_in_range(load + notes.list[0].address, (uintptr_t)probes, (uintptr_t)probes + 64);
	assert_in_range(load + notes.list[1].address, (uintptr_t)probes, (uintptr_t)probes + 64);
	assert_int_equal(notes.list[1].semaphore, 0);
	assert_memory_equal(program + notes.list[0].offset, (void *)(load + notes.list[0].address), 1);
	bcc_usdt_notes_free(&notes);
}

static void test_moved(void **state)
{
	struct bcc_usdt_notes notes, moved;

	write_scratch(program, program_size);
	assert_int_equal(bcc_usdt_notes_read(NULL, scratch, "program", &notes), 0);
	section(program, ".stapsdt.base")->sh_addr -= MOVED;
	write_scratch(program, program_size);
	section(program, ".stapsdt.base")->sh_addr += MOVED;
	assert_int_equal(bcc_usdt_notes_read(NULL, scratch, "program", &moved), 0);
	/* what the move puts outside the code is left out */
	for (size_t i = 0; i < moved.count; i++) {
		assert_int_equal(moved.list[i].address, notes.list[i].address - MOVED);
		if (moved.list[i].semaphore)
			assert_int_equal(moved.list[i].semaphore, notes.list[i].semaphore - MOVED);
	}
	assert_int_equal(moved.count, 2);
	bcc_usdt_notes_free(&notes);
	bcc_usdt_notes_free(&moved);
}

/* Whatever is read must make sense. */
static void read_anything(void)
{
	struct bcc_usdt_notes notes;
	struct bcc_usdt_place place;
	int r = bcc_usdt_notes_read(NULL, scratch, "program", &notes);

	assert_true(r == 0 || r == -ENOEXEC);
	for (size_t i = 0; i < notes.count; i++) {
		assert_true(strlen(notes.list[i].provider) && strlen(notes.list[i].name));
		bcc_usdt_place_set(&place, notes.arch, scratch, &notes.list[i]);
		assert_in_range(place.count, 0, BCC_USDT_MAX_ARGUMENTS);
	}
	bcc_usdt_notes_free(&notes);
}

static void test_cut_short(void **state)
{
	for (size_t size = 0; size < program_size; size += 1 + program_size / 331) {
		write_scratch(program, size);
		read_anything();
	}
}

static void test_garbage(void **state)
{
	Elf64_Shdr *header = section(program, ".note.stapsdt");
	unsigned char *original = malloc(header->sh_size), *notes = program + header->sh_offset;

	memcpy(original, notes, header->sh_size);
	srand(4711);
	for (int i = 0; i < 500; i++) {
		size_t changes = 1 + rand() % 8;

		while (changes--)
			notes[rand() % header->sh_size] = rand() % 4 ? rand() : 0xff;
		write_scratch(program, program_size);
		read_anything();
		memcpy(notes, original, header->sh_size);
	}
	free(original);
}

static void test_lying_sizes(void **state)
{
	Elf64_Shdr *header = section(program, ".note.stapsdt"), original = *header;
	static const uint64_t sizes[] = {0, 1, 11, 12, 13, 1 << 20, 1ULL << 40, UINT64_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		header->sh_size = sizes[i];
		write_scratch(program, program_size);
		read_anything();
		header->sh_offset = sizes[i];
		write_scratch(program, program_size);
		read_anything();
		*header = original;
	}
}

/* Notes that extend into a hole of a sparse file are not read, however many precede it. */
static void test_section_with_a_hole(void **state)
{
	Elf64_Shdr *header = section(program, ".note.stapsdt"), original = *header;
	struct bcc_usdt_notes notes;

	header->sh_size = 300 << 20;
	write_scratch(program, program_size);
	assert_int_equal(ftruncate(scratch, 400 << 20), 0);
	assert_int_equal(bcc_usdt_notes_read(NULL, scratch, "hole", &notes), 0);
	assert_int_equal(notes.count, 0);
	bcc_usdt_notes_free(&notes);
	*header = original;
}

/* The section with their names is not terminated, or extends into a hole: they are not looked at. */
static void expect_no_names(uint64_t size)
{
	struct bcc_usdt_notes notes;

	write_scratch(program, program_size);
	assert_int_equal(ftruncate(scratch, program_size + size), 0);
	assert_int_equal(bcc_usdt_notes_read(NULL, scratch, "program", &notes), 0);
	assert_int_equal(notes.count, 0);
	bcc_usdt_notes_free(&notes);
}

static void test_strings_of_sections(void **state)
{
	Elf64_Shdr *header = section(program, ".shstrtab"), original = *header;
	unsigned char *last = program + header->sh_offset + header->sh_size - 1;

	*last = 'x';
	expect_no_names(0);
	*last = '\0';
	header->sh_size = 2UL << 30;
	expect_no_names(header->sh_size);
	*header = original;
}

static void test_strings_of_symbols(void **state)
{
	Elf64_Shdr *header = section(program, ".strtab");
	unsigned char *last = program + header->sh_offset + header->sh_size - 1;
	uint64_t address;

	*last = 'x';
	write_scratch(program, program_size);
	assert_int_equal(bcc_usdt_symbol_address(scratch, "bcc_notes_semaphore", 19, &address), -ENOENT);
	*last = '\0';
}

static void test_no_elf(void **state)
{
	static const unsigned char text[] = "#!/bin/sh\n";
	struct bcc_usdt_notes notes;
	struct bcc_err err = {0};

	write_scratch(text, sizeof(text) - 1);
	assert_int_equal(bcc_usdt_notes_read(&err, scratch, "script", &notes), -ENOEXEC);
	assert_non_null(strstr(err.text, "script"));
	bcc_err_clear(&err);
	assert_int_equal(bcc_usdt_notes_read(NULL, -1, "nothing", &notes), -ENOEXEC);
}

static void test_symbols(void **state)
{
	struct bcc_usdt_notes notes;
	uint64_t address;

	write_scratch(program, program_size);
	assert_int_equal(bcc_usdt_notes_read(NULL, scratch, "program", &notes), 0);
	assert_int_equal(bcc_usdt_symbol_address(scratch, "bcc_notes_semaphore+4", 19, &address), 0);
	assert_int_equal(address, notes.list[0].semaphore);
	assert_int_equal(bcc_usdt_symbol_address(scratch, "bcc_notes_semaphor", 18, &address), -ENOENT);
	assert_int_equal(bcc_usdt_symbol_address(scratch, "", 0, &address), -ENOENT);
	bcc_usdt_notes_free(&notes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_notes),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_lying_sizes),
		cmocka_unit_test(test_section_with_a_hole),
		cmocka_unit_test(test_strings_of_sections),
		cmocka_unit_test(test_strings_of_symbols),
		cmocka_unit_test(test_no_elf),
		cmocka_unit_test(test_symbols),
	};

	return cmocka_run_group_tests(tests, read_program, free_program);
}
