/* SPDX-License-Identifier: Apache-2.0 */
/* Files in zip archives: found by name and by offset, and libraries among them named as
 * "archive.apk!/lib/libfoo.so". */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <bcc/bcc.h>
#include <bcc/bcc_elf.h>
#include <bcc/bcc_proc.h>
#include <bcc/bcc_syms.h>
#include <bcc/bcc_zip.h>
#include <bcc/symbols.h>

#include "libbcc/symbols/elf/library_path.h"
#include "small_zip.h"

#define LIBRARY TARGETS "/libtarget_library.so"

enum { TEXT, LIBRARY_FILE, DEFLATED, SECRET, FILES };

struct archive {
	char folder[64], path[128];
	struct zip_file files[FILES];
	char *library;
};

static char *read_library(uint32_t *size)
{
	int fd = open(LIBRARY, O_RDONLY);
	struct stat st;
	char *bytes;

	if (fd < 0 || fstat(fd, &st))
		abort();
	bytes = malloc((size_t)st.st_size);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
	close(fd);
	*size = (uint32_t)st.st_size;
	return bytes;
}

static int make_archive(void **state)
{
	struct archive *a = calloc(1, sizeof(*a));
	FILE *out;
	uint32_t size;

	assert_non_null(a);
	*state = a;
	strcpy(a->folder, "/tmp/bcc-zip-XXXXXX");
	assert_non_null(mkdtemp(a->folder));
	snprintf(a->path, sizeof(a->path), "%s/app.apk", a->folder);
	a->library = read_library(&size);
	a->files[TEXT] = (struct zip_file){.name = "assets/text", .bytes = "four", .size = 4};
	a->files[LIBRARY_FILE] =
		(struct zip_file){.name = "lib/libtarget.so", .bytes = a->library, .size = size};
	a->files[DEFLATED] = (struct zip_file){
		.name = "lib/deflated.so", .bytes = "\x4b\xcb\x2f\x2d\x02\x00", .size = 6, .method = 8};
	a->files[SECRET] = (struct zip_file){.name = "lib/secret.so", .bytes = "xxxx", .size = 4, .flags = 1};
	out = fopen(a->path, "w");
	if (!out)
		abort();
	write_zip(out, a->files, FILES, 4096);
	assert_int_equal(fclose(out), 0);
	return 0;
}

static int remove_archive(void **state)
{
	struct archive *a = *state;

	unlink(a->path);
	rmdir(a->folder);
	free(a->library);
	free(a);
	return 0;
}

static void expect_entry(const struct bcc_zip_entry *entry, const struct zip_file *file)
{
	assert_int_equal(entry->compression, file->method);
	assert_int_equal(entry->name_length, strlen(file->name));
	assert_memory_equal(entry->name, file->name, entry->name_length);
	assert_int_equal(entry->data_length, file->size);
	assert_int_equal(entry->data_offset, file->offset);
	assert_memory_equal(entry->data, file->bytes, file->size);
}

static void test_find(void **state)
{
	const struct archive *a = *state;
	struct bcc_zip_archive *zip = bcc_zip_archive_open(a->path);
	struct bcc_zip_entry entry;

	assert_non_null(zip);
	for (int i = 0; i < SECRET; i++) {
		const struct zip_file *file = &a->files[i];

		assert_int_equal(bcc_zip_archive_find_entry(zip, file->name, &entry), 0);
		expect_entry(&entry, file);
		assert_int_equal(bcc_zip_archive_find_entry_at_offset(zip, file->offset, &entry), 0);
		expect_entry(&entry, file);
		assert_int_equal(
			bcc_zip_archive_find_entry_at_offset(zip, file->offset + file->size - 1, &entry), 0);
		expect_entry(&entry, file);
		assert_int_equal(bcc_zip_archive_find_entry_at_offset(zip, file->offset - 1, &entry), -1);
		assert_int_equal(errno, ENOENT);
	}
	assert_int_equal(bcc_zip_archive_find_entry(zip, "lib/secret.so", &entry), -1);
	assert_int_equal(bcc_zip_archive_find_entry(zip, "lib", &entry), -1);
	assert_int_equal(bcc_zip_archive_find_entry(zip, "LIB/libtarget.so", &entry), -1);
	assert_int_equal(bcc_zip_archive_find_entry(zip, "", &entry), -1);
	bcc_zip_archive_close(zip);
}

static void test_open_and_find(void **state)
{
	const struct archive *a = *state;
	struct bcc_zip_archive *zip;
	struct bcc_zip_entry entry;
	char path[256];

	snprintf(path, sizeof(path), "%s!/lib/libtarget.so", a->path);
	zip = bcc_zip_archive_open_and_find(path, &entry);
	assert_non_null(zip);
	expect_entry(&entry, &a->files[LIBRARY_FILE]);
	bcc_zip_archive_close(zip);
	snprintf(path, sizeof(path), "%s!/lib/missing", a->path);
	assert_null(bcc_zip_archive_open_and_find(path, &entry));
	assert_null(bcc_zip_archive_open_and_find(a->path, &entry));
	assert_null(bcc_zip_archive_open_and_find("/nowhere!/lib", &entry));
}

static void test_no_archive(void **state)
{
	struct bcc_zip_entry entry;

	assert_null(bcc_zip_archive_open(LIBRARY));
	assert_int_equal(errno, ENOEXEC);
	assert_null(bcc_zip_archive_open("/dev/null"));
	assert_null(bcc_zip_archive_open("/nowhere"));
	assert_null(bcc_zip_archive_open(NULL));
	assert_null(bcc_zip_archive_open_and_find(NULL, &entry));
	assert_int_equal(bcc_zip_archive_find_entry(NULL, "x", &entry), -1);
	bcc_zip_archive_close(NULL);
}

/* Whatever is cut off or changed, nothing is read outside of the archive. */
static void test_damaged(void **state)
{
	const struct archive *a = *state;
	struct zip_file files[] = {
		{.name = "one", .bytes = "first", .size = 5}, {.name = "two", .bytes = "second", .size = 6}};
	char path[128], *bytes;
	size_t size;
	FILE *out = open_memstream(&bytes, &size);

	if (!out)
		abort();
	write_zip(out, files, 2, 1);
	if (fclose(out) || !bytes)
		abort();
	snprintf(path, sizeof(path), "%s/damaged", a->folder);
	for (size_t at = 0; at < size; at++) {
		for (int change = 0; change < 3; change++) {
			struct bcc_zip_archive *zip;
			struct bcc_zip_entry entry;
			char old = bytes[at];
			unsigned sum = 0;

			bytes[at] = change == 0 ? old : change == 1 ? (char)0xff : 0;
			out = fopen(path, "w");
			if (!out)
				abort();
			fwrite(bytes, change ? size : at, 1, out);
			fclose(out);
			bytes[at] = old;
			zip = bcc_zip_archive_open(path);
			if (!zip)
				continue;
			for (unsigned i = 0; i < 2; i++)
				if (!bcc_zip_archive_find_entry(zip, files[i].name, &entry))
					for (uint32_t j = 0; j < entry.data_length; j++)
						sum += ((const unsigned char *)entry.data)[j];
			assert_true(sum < 256 * size * 2);
			bcc_zip_archive_find_entry_at_offset(zip, files[1].offset, &entry);
			bcc_zip_archive_close(zip);
		}
	}
	unlink(path);
	free(bytes);
}

/* ---- libraries ---- */

static void test_library(void **state)
{
	const struct archive *a = *state;
	struct bcc_symbol in_archive, alone;
	struct bcc_binary binary;
	struct bcc_err err = {0};
	char path[256], build_id[64], other[64];

	snprintf(path, sizeof(path), "%s!/lib/libtarget.so", a->path);
	assert_int_equal(bcc_binary_open(NULL, path, 0, &binary), 0);
	assert_string_equal(binary.path, a->path);
	assert_string_equal(binary.member, "lib/libtarget.so");
	assert_int_equal(binary.start, a->files[LIBRARY_FILE].offset);
	bcc_binary_close(&binary);
	assert_int_equal(bcc_elf_is_shared_obj(path), 1);
	assert_int_equal(bcc_elf_get_buildid(path, build_id), bcc_elf_get_buildid(LIBRARY, other));

	assert_int_equal(bcc_resolve_symname(LIBRARY, "library_exported", 0, 0, NULL, &alone), 0);
	assert_int_equal(bcc_resolve_symname(path, "library_exported", 0, 0, NULL, &in_archive), 0);
	assert_string_equal(in_archive.module, path);
	assert_int_equal(in_archive.offset, alone.offset);
	bcc_procutils_free(alone.module);
	bcc_procutils_free(in_archive.module);
	/* as a process sees it */
	assert_int_equal(bcc_resolve_symname(path, "library_exported", 0, getpid(), NULL, &in_archive), 0);
	assert_int_equal(in_archive.offset, alone.offset);
	bcc_procutils_free(in_archive.module);

	snprintf(path, sizeof(path), "%s!/lib/missing.so", a->path);
	assert_int_equal(bcc_binary_open(&err, path, 0, &binary), -ENOENT);
	assert_non_null(strstr(err.text, "there is no lib/missing.so in the archive"));
	snprintf(path, sizeof(path), "%s!/lib/deflated.so", a->path);
	assert_int_equal(bcc_binary_open(&err, path, 0, &binary), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, "is compressed"));
	assert_int_equal(bcc_binary_open(&err, LIBRARY "!/lib/x.so", 0, &binary), -ENOEXEC);
	assert_non_null(strstr(err.text, "is not a sound zip archive"));
	bcc_err_clear(&err);
}

/* Addresses in a library that is mapped from the archive, as Android's loader does it. */
static void test_addresses(void **state)
{
	const struct archive *a = *state;
	const struct zip_file *library = &a->files[LIBRARY_FILE];
	struct bcc_symbol_info info;
	struct bcc_symbols *symbols;
	struct bcc_symbol alone;
	int fd = open(a->path, O_RDONLY);
	char path[256];
	char *code;

	if (fd < 0)
		abort();
	assert_int_equal(bcc_resolve_symname(LIBRARY, "library_exported", 0, 0, NULL, &alone), 0);
	code = mmap(NULL, library->size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, (off_t)library->offset);
	assert_ptr_not_equal(code, MAP_FAILED);
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &symbols), 0);
	assert_int_equal(bcc_symbols_resolve(symbols, (uintptr_t)code + alone.offset + 1, &info), 0);
	snprintf(path, sizeof(path), "%s!/%s", a->path, library->name);
	assert_string_equal(info.name, "library_exported");
	assert_string_equal(info.module, path);
	assert_int_equal(info.offset, 1);
	assert_int_equal(info.address, (uintptr_t)code + alone.offset);
	/* once more, and beyond it */
	assert_int_equal(bcc_symbols_resolve(symbols, (uintptr_t)code + alone.offset, &info), 0);
	assert_int_equal(bcc_symbols_refresh(symbols), 0);
	assert_int_equal(bcc_symbols_resolve(symbols, (uintptr_t)code + alone.offset, &info), 0);
	assert_string_equal(info.name, "library_exported");
	bcc_symbols_close(symbols);
	bcc_procutils_free(alone.module);
	munmap(code, library->size);
	close(fd);
}

/* Symbols by name, in a library that is mapped in two parts. */
static void test_names(void **state)
{
	const struct archive *a = *state;
	const struct zip_file *library = &a->files[LIBRARY_FILE];
	struct bcc_symbols *symbols;
	struct bcc_symbol alone;
	uint32_t half = library->size / 2 / 4096 * 4096;
	int fd = open(a->path, O_RDONLY);
	char path[256], *code, *pieces, *whole;
	uint64_t address;

	if (fd < 0)
		abort();
	assert_int_equal(bcc_resolve_symname(LIBRARY, "library_exported", 0, 0, NULL, &alone), 0);
	bcc_procutils_free(alone.module);
	whole = mmap(NULL, library->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(whole, MAP_FAILED);
	/* another protection keeps the kernel from making one mapping of the two */
	code = mmap(whole, half, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, (off_t)library->offset);
	assert_ptr_equal(code, whole);
	pieces = mmap(whole + half, library->size - half, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_FIXED, fd, (off_t)(library->offset + half));
	assert_ptr_equal(pieces, whole + half);

	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &symbols), 0);
	snprintf(path, sizeof(path), "%s!/%s", a->path, library->name);
	assert_int_equal(bcc_symcache_resolve_name(symbols, path, "library_exported", &address), 0);
	assert_int_equal(address, (uintptr_t)code + alone.offset);
	/* a second time, and by its short name */
	address = 0;
	assert_int_equal(bcc_symbols_find(symbols, path, "library_exported", &address), 0);
	assert_int_equal(address, (uintptr_t)code + alone.offset);
	address = 0;
	assert_int_equal(bcc_symbols_find(symbols, "target", "library_exported", &address), 0);
	assert_int_equal(address, (uintptr_t)code + alone.offset);
	assert_int_equal(bcc_symbols_find(symbols, path, "library_missing", &address), -ENOENT);
	assert_int_equal(bcc_symbols_find(symbols, a->path, "library_exported", &address), -ENOENT);
	snprintf(path, sizeof(path), "%s!/lib/missing.so", a->path);
	assert_int_equal(bcc_symbols_find(symbols, path, "library_exported", &address), -ENOENT);
	bcc_symbols_close(symbols);

	/* where no name of a library is given, before any other is known of the process */
	assert_int_equal(bcc_symbols_open_process(getpid(), NULL, &symbols), 0);
	address = 0;
	assert_int_equal(bcc_symbols_find(symbols, NULL, "library_exported", &address), 0);
	assert_int_equal(address, (uintptr_t)code + alone.offset);
	bcc_symbols_close(symbols);
	munmap(whole, library->size);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_open_and_find),
		cmocka_unit_test(test_no_archive),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, make_archive, remove_archive);
}
