/* SPDX-License-Identifier: Apache-2.0 */
/* Types that only modules have, from a directory of small modules made here. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <gelf.h>
#include <lzma.h>
#include <zstd.h>

#include "common/array.h"
#include "common/read_file.h"
#include "frontends/btf/module_files.h"
#include "frontends/btf/modules.h"
#include "frontends/btf/slice.h"
#include "frontends/kernel_types.h"
#include "frontends/names.h"

static char folder[] = "/tmp/bcc-modules-XXXXXX";
static uint32_t kernel_int, kernel_far; /* type ids */

static struct bcc_names *names_of(const char *text)
{
	struct bcc_names *names = bcc_names_new();

	assert_non_null(names);
	while (*text) {
		size_t length = strcspn(text, " ");
		bool identifier = strncmp(text, "struct ", 7) && strncmp(text, "union ", 6) &&
				  strncmp(text, "enum ", 5) && strncmp(text, "typedef ", 8) &&
				  (*text == '_' || isalpha((unsigned char)*text));

		bcc_names_token(names, text, length, identifier);
		text += length + (text[length] == ' ');
	}
	return names;
}

/* struct outer { int number; struct far *far; } where struct far is only declared. As raw bytes from a
 * kernel. */
static struct btf *new_kernel(void)
{
	struct btf *made = btf__new_empty(), *kernel;
	const void *bytes;
	uint32_t size;
	int far_pointer;

	kernel_int = btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	kernel_far = btf__add_fwd(made, "far", BTF_FWD_STRUCT);
	far_pointer = btf__add_ptr(made, kernel_far);
	btf__add_struct(made, "outer", 16);
	btf__add_field(made, "number", kernel_int, 0, 0);
	btf__add_field(made, "far", far_pointer, 64, 0);
	bytes = btf__raw_data(made, &size);
	kernel = btf__new(bytes, size);
	assert_int_equal(libbpf_get_error(kernel), 0);
	btf__free(made);
	return kernel;
}

static void write_file(const char *name, const void *data, size_t size)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		fail_msg("%s cannot be written", path);
}

static void save(const struct btf *module, const char *name)
{
	uint32_t size;
	const void *bytes = btf__raw_data(module, &size);

	write_file(name, bytes, size);
}

/* struct far { int value; struct own *own; }, struct own { int first; }. */
static void make_far(struct btf *kernel)
{
	struct btf *module = btf__new_empty_split(kernel);
	int own = btf__add_struct(module, "own", 4), own_pointer;

	btf__add_field(module, "first", kernel_int, 0, 0);
	own_pointer = btf__add_ptr(module, own);
	btf__add_struct(module, "far", 16);
	btf__add_field(module, "value", kernel_int, 0, 0);
	btf__add_field(module, "own", own_pointer, 64, 0);
	save(module, "far_module");
	btf__free(module);
}

/* All kinds of types, so that each is shifted if this is not the first module: struct near { enum hue hue[3];
 * near_t both; int (*call)(struct near *self, near_t both); struct far *far; int bits : 5; } */
static void make_near(struct btf *kernel)
{
	struct btf *module = btf__new_empty_split(kernel);
	uint32_t hue, hues, both, typedefed, near, proto, proto_pointer, near_pointer, far_pointer,
		both_const;

	hue = btf__add_enum(module, "hue", 4);
	btf__add_enum_value(module, "HUE_PINK", 11);
	hues = btf__add_array(module, kernel_int, hue, 3);
	both = btf__add_union(module, "", 4);
	btf__add_field(module, "one", kernel_int, 0, 0);
	btf__add_field(module, "other", hue, 0, 0);
	typedefed = btf__add_typedef(module, "near_t", both);
	both_const = btf__add_const(module, typedefed);
	near = btf__type_cnt(module) + 4;
	near_pointer = btf__add_ptr(module, near);
	proto = btf__add_func_proto(module, kernel_int);
	btf__add_func_param(module, "self", near_pointer);
	btf__add_func_param(module, "both", typedefed);
	proto_pointer = btf__add_ptr(module, proto);
	far_pointer = btf__add_ptr(module, kernel_far);
	assert_int_equal(btf__add_struct(module, "near", 40), near);
	btf__add_field(module, "hue", hues, 0, 0);
	btf__add_field(module, "both", both_const, 96, 0);
	btf__add_field(module, "call", proto_pointer, 128, 0);
	btf__add_field(module, "far", far_pointer, 192, 0);
	btf__add_field(module, "bits", kernel_int, 256, 5);
	btf__add_enum64(module, "wide", 8, false);
	btf__add_enum64_value(module, "WIDE_ONE", 1ull << 40);
	btf__add_func(module, "near_function", BTF_FUNC_STATIC, proto);
	btf__add_decl_tag(module, "tag", near, 0);
	save(module, "near_module");
	btf__free(module);
}

static void add_section(Elf *elf, const char *names, const char *name, const void *data, size_t size)
{
	Elf_Scn *section = elf_newscn(elf);
	Elf_Data *content = elf_newdata(section);
	GElf_Shdr header;

	content->d_buf = (void *)data;
	content->d_size = size;
	content->d_align = 1;
	gelf_getshdr(section, &header);
	header.sh_name = strstr(names, name) - names;
	header.sh_type = strcmp(name, "names") ? SHT_PROGBITS : SHT_STRTAB;
	gelf_update_shdr(section, &header);
}

/* A module's file with this BTF: `name`.ko, `name`.ko.xz and `name`.ko.zst; and one with distilled types. */
static void save_file(const struct btf *module, const char *name)
{
	static const char names[] = " .BTF\0.BTF.base\0names";
	/* strstr() ends at a NUL */
	static const char spaced[] = " .BTF .BTF.base names";
	char path[PATH_MAX], file_name[64], packed[8192];
	uint32_t size;
	const void *btf = btf__raw_data(module, &size);
	char *data;
	size_t length, packed_size = 0;

	for (int distilled = 0; distilled < 2; distilled++) {
		snprintf(file_name, sizeof(file_name), "%s%s.ko", name, distilled ? "_outside" : "");
		snprintf(path, sizeof(path), "%s/%s", folder, file_name);

		int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		Elf *elf;
		GElf_Ehdr header;

		elf_version(EV_CURRENT);
		elf = elf_begin(fd, ELF_C_WRITE, NULL);
		assert_non_null(elf);
		gelf_newehdr(elf, ELFCLASS64);
		add_section(elf, spaced, ".BTF ", btf, size);
		if (distilled)
			add_section(elf, spaced, ".BTF.base", btf, size);
		add_section(elf, spaced, "names", names, sizeof(names));
		gelf_getehdr(elf, &header);
		header.e_type = ET_REL;
		header.e_machine = EM_X86_64;
		header.e_shstrndx = distilled ? 3 : 2;
		gelf_update_ehdr(elf, &header);
		assert_true(elf_update(elf, ELF_C_WRITE) > 0);
		elf_end(elf);
		close(fd);
	}
	snprintf(path, sizeof(path), "%s/%s.ko", folder, name);
	assert_int_equal(bcc_read_regular_file(path, sizeof(packed), &data, &length), 0);
	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, (uint8_t *)data, length,
				 (uint8_t *)packed, &packed_size, sizeof(packed)),
		LZMA_OK);
	snprintf(file_name, sizeof(file_name), "%s.ko.xz", name);
	write_file(file_name, packed, packed_size);
	write_file("cut.ko.xz", packed, packed_size / 2);
	packed_size = ZSTD_compress(packed, sizeof(packed), data, length, 1);
	assert_false(ZSTD_isError(packed_size));
	snprintf(file_name, sizeof(file_name), "%s.ko.zst", name);
	write_file(file_name, packed, packed_size);
	write_file("cut.ko.zst", packed, packed_size / 2);
	free(data);
}

/* struct shy { int word; struct outer *outer; }, of a module that is not loaded. */
static void make_shy(struct btf *kernel)
{
	struct btf *module = btf__new_empty_split(kernel);
	int pointer = btf__add_ptr(module, btf__find_by_name_kind(kernel, "outer", BTF_KIND_STRUCT));

	btf__add_struct(module, "shy", 16);
	btf__add_field(module, "number", kernel_int, 0, 0);
	btf__add_field(module, "outer", pointer, 64, 0);
	save_file(module, "shy_core");
	btf__free(module);
}

static int make_folder(void **state)
{
	struct btf *kernel = new_kernel();

	assert_non_null(mkdtemp(folder));
	make_shy(kernel);
	make_far(kernel);
	make_near(kernel);
	save(kernel, "vmlinux"); /* not a module's */
	write_file("broken_module", "no BTF", strlen("no BTF"));
	btf__free(kernel);
	return 0;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"far_module", "near_module", "vmlinux", "broken_module",
		"modules.dep", "modules.symbols", "shy_core.ko", "shy_core_outside.ko", "shy_core.ko.xz",
		"shy_core.ko.zst", "cut.ko.xz", "cut.ko.zst"};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static char taken[256];

static void note(void *ctx, const char *path)
{
	strcat(strcat(taken, strrchr(path, '/') + 1), " ");
}

/* The slice of kernel and modules, of loaded ones and, with `files`, of others; NULL if no module is needed.
 */
static char *slice_from(struct btf *kernel, const char *text, bool everything, bool files)
{
	static const char *const tags[] = {"shy", NULL};
	const struct bcc_module_folders folders = {folder, files ? folder : NULL};
	struct btf *all;
	struct bcc_names *names = names_of(text);
	struct bcc_err err = {0};
	char *slice = NULL;

	taken[0] = '\0';
	assert_int_equal(bcc_btf_slice(kernel, names, &slice, &err), 0);
	free(slice);
	slice = NULL;
	if (everything)
		bcc_names_use_reached(names);
	assert_int_equal(
		bcc_btf_add_modules(kernel, &folders, names, everything, tags, note, NULL, &all, &err), 0);
	if (all)
		assert_int_equal(bcc_btf_slice(all, names, &slice, &err), 0);
	assert_null(err.text);
	btf__free(all);
	btf__free(kernel);
	bcc_names_free(names);
	return slice;
}

static char *slice_of(const char *text, bool everything)
{
	return slice_from(new_kernel(), text, everything, false);
}

static void assert_has(const char *slice, const char *what)
{
	assert_non_null(slice);
	if (!strstr(slice, what))
		fail_msg("\"%s\" is missing in:\n%s", what, slice);
}

static void test_no_module_needed(void **state)
{
	assert_null(slice_of("struct outer * o ; o -> number", false));
	assert_null(slice_of("struct nowhere * n ;", false));
	assert_null(slice_of("struct near { int mine ; } ; struct near n ;", false));
	assert_null(slice_of("near_t n ; HUE_PINK", false));
	assert_string_equal(taken, "");
}

static void test_one_module(void **state)
{
	char *slice = slice_of("struct far * f ; f -> own -> first ; struct outer * o ;", false);

	assert_has(slice, "struct own {\n\tint first;\n}");
	assert_has(slice, "struct far {\n\tint value;\n\tstruct own *own;\n}");
	assert_has(slice, "struct outer {\n\tint number;\n\tstruct far *far;\n}");
	assert_string_equal(taken, "far_module ");
	free(slice);
}

static void test_second_module(void **state)
{
	char *slice = slice_of("struct far * f ; struct near * n ; WIDE_ONE", true);

	assert_string_equal(taken, "far_module near_module ");
	assert_has(slice, "struct far {\n\tint value;\n\tstruct own *own;\n}");
	assert_has(slice, "enum hue {\n\tHUE_PINK = 11,\n}");
	assert_has(slice, "typedef union {\n\tint one;\n\tenum hue other;\n} near_t;");
	assert_has(slice,
		"\tenum hue hue[3];\n\tconst near_t both;\n\tint (*call)(struct near *self, near_t both);\n");
	assert_has(slice, "\tstruct far *far;\n\tint bits: 5;");
	assert_has(slice, "WIDE_ONE = 1099511627776ULL");
	assert_null(strstr(slice, "___2"));
	free(slice);
}

/* The text names no tag: it follows a pointer to a type that the kernel only declares. */
static void test_reached(void **state)
{
	char *slice = slice_of("struct outer * o ; o -> far -> value", true);

	assert_string_equal(taken, "far_module ");
	assert_has(slice, "struct far {");
	free(slice);
}

static void test_everything(void **state)
{
	char *slice = slice_of("near_t n ; HUE_PINK", true);

	assert_string_equal(taken, "near_module ");
	assert_has(slice, "near_t;");
	assert_has(slice, "HUE_PINK = 11");
	assert_null(strstr(slice, "struct near {"));
	free(slice);
}

static void expect_file(const char *dependencies, const char *file)
{
	char *slice;

	write_file("modules.dep", dependencies, strlen(dependencies));
	slice = slice_from(new_kernel(), "struct shy * s ; s -> outer -> number", true, true);
	assert_string_equal(taken, file);
	if (*file)
		assert_has(slice, "struct shy {\n\tint number;\n\tstruct outer *outer;\n}");
	else
		assert_null(slice);
	free(slice);
}

static void write_symbols(const char *symbols)
{
	write_file("modules.symbols", symbols, strlen(symbols));
}

static void test_not_loaded(void **state)
{
	expect_file("kernel/far.ko:\nshy_core.ko: far.ko\n", "shy_core.ko ");
	expect_file("shy_core.ko.xz:\n", "shy_core.ko.xz ");
	expect_file("shy_core.ko.zst:\n", "shy_core.ko.zst ");
	/* needed by one with such a name; which itself is not there */
	expect_file("kernel/shy-disk.ko: shy_core.ko.zst none.ko\n", "shy_core.ko.zst ");
	/* no such name */
	expect_file("kernel/other.ko: shy_core.ko\n", "");
	/* its functions have such names: in the module that needs it here */
	write_symbols("alias symbol:sh other\nalias symbol:shy_open the_other\n\nalias symbol:\nshy_x y\n");
	expect_file("kernel/other.ko:\nkernel/the-other.ko: shy_core.ko\n", "shy_core.ko ");
	expect_file("kernel/the-other.o: shy_core.ko\nkernel/the-others.ko: shy_core.ko\n", "");
	write_symbols("alias symbol:sh_open the_other\nalias symbol:shy_open\n");
	expect_file("kernel/the-other.ko: shy_core.ko\n", "");
	write_symbols("");
	/* not complete, types of no kernel, no module */
	expect_file("shy_cut.ko: cut.ko.xz cut.ko.zst\n", "");
	expect_file("shy_core_outside.ko:\n", "");
	expect_file("shy_core: vmlinux broken_module\n", "");
	expect_file("", "");
}

/* Names of modules have no capitals. */
static void test_capitals(void **state)
{
	struct bcc_module_files files;

	write_file("modules.dep", "kernel/shy_core.ko:\n", strlen("kernel/shy_core.ko:\n"));
	assert_int_equal(bcc_module_files_likely(folder, "Shy_Host", &files), 0);
	assert_int_equal(files.count, 1);
	assert_string_equal(files.paths[0] + strlen(folder), "/kernel/shy_core.ko");
	bcc_module_files_free(&files);
}

/* The same type in another kernel, whose names are at other places. */
static void test_of_another_kernel(void **state)
{
	struct btf *made = btf__new_empty(), *kernel;
	const void *bytes;
	uint32_t size;

	write_file("modules.dep", "shy_core.ko:\n", strlen("shy_core.ko:\n"));
	btf__add_int(made, "long", 8, BTF_INT_SIGNED);
	for (int i = 0; i < 8; i++)
		btf__add_fwd(made, (const char[]){'a', 'a' + i, '\0'}, BTF_FWD_STRUCT);
	bytes = btf__raw_data(made, &size);
	kernel = btf__new(bytes, size);
	assert_int_equal(libbpf_get_error(kernel), 0);
	btf__free(made);
	assert_null(slice_from(kernel, "struct shy * s ; s -> number", true, true));
	assert_string_equal(taken, "");
}

static void expect_explanation(const char *complaint, const char *text, const char *sentence)
{
	struct bcc_names *names = names_of(text);
	struct bcc_err err = {0};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/modules.dep", folder);
	bcc_fail(&err, -EINVAL, "%s\n", complaint);
	bcc_kernel_types_explain(names, -1, path, &err);
	assert_int_equal(err.code, -EINVAL);
	assert_true(strncmp(err.text, complaint, strlen(complaint)) == 0);
	if (sentence && !strstr(err.text, sentence))
		fail_msg("\"%s\" is missing in: %s", sentence, err.text);
	if (!sentence)
		assert_int_equal(strlen(err.text), strlen(complaint) + 1);
	bcc_err_clear(&err);
	bcc_names_free(names);
}

static void test_explanation(void **state)
{
	static const char incomplete[] =
		"t.c:1:1: error: incomplete definition of type 'struct nfs_open_context'";
	static const char dependencies[] = "kernel/fs/nfs_common/nfs_acl.ko.xz:\n"
					   "kernel/fs/nfs/nfs.ko.xz: kernel/net/sunrpc/sunrpc.ko.xz\n";
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/modules.dep", folder);
	unlink(path);
	expect_explanation(incomplete, "struct nfs_open_context * c ;",
		"nfs_open_context is not a type of this kernel or of a loaded module; did you mean");
	write_file("modules.dep", dependencies, strlen(dependencies));
	expect_explanation(incomplete, "struct nfs_open_context * c ;", "modprobe nfs\n");
	expect_explanation(incomplete, "struct nfs_open * c ;", NULL);
	expect_explanation(
		"error: no member named 'nfs_open_context'", "struct nfs_open_context * c ;", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_module_needed),
		cmocka_unit_test(test_one_module),
		cmocka_unit_test(test_second_module),
		cmocka_unit_test(test_reached),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_not_loaded),
		cmocka_unit_test(test_capitals),
		cmocka_unit_test(test_of_another_kernel),
		cmocka_unit_test(test_explanation),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
