/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an object's bytes to the requests to the kernel. Calls that would reach the kernel are intercepted, so
 * that no privileges are needed and every request can be compared.
 */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "common/array.h"
#include "libbcc/handle.h"
#include "libbcc/object/btf.h"
#include "libbcc/object/object.h"

#define PROBE_KFUNC "bpf_ktime_probe_kfunc"

/* ---- the kernel's part ---- */

static struct {
	struct map {
		int fd, type;
		char name[16];
		uint32_t key, value, max, flags, inner;
		bool with_btf, frozen;
		uint8_t content[32] __attribute__((aligned(8)));
	} maps[64];
	int map_count;
	struct {
		int map, value;
		uint32_t key;
	} entries[8];
	int entry_count;
	bool has_kfunc, refuses_btf;
	uint32_t kfunc_id;
} kernel;

static int new_fd(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static struct map *map_of(int fd)
{
	for (int i = 0; i < kernel.map_count && i < 64; i++)
		if (kernel.maps[i].fd == fd)
			return &kernel.maps[i];
	return NULL;
}

static struct map *map_named(const char *name)
{
	for (int i = 0; i < kernel.map_count && i < 64; i++)
		if (strcmp(kernel.maps[i].name, name) == 0)
			return &kernel.maps[i];
	return NULL;
}

int bpf_map_create(enum bpf_map_type type, const char *name, uint32_t key, uint32_t value, uint32_t max,
	const struct bpf_map_create_opts *opts)
{
	struct map *m = &kernel.maps[kernel.map_count++ % 64];

	if (kernel.refuses_btf && opts->btf_fd) {
		kernel.map_count--;
		return -EINVAL;
	}
	*m = (struct map){.fd = new_fd(), .type = type, .key = key, .value = value, .max = max};
	strncpy(m->name, name, sizeof(m->name) - 1);
	m->flags = opts->map_flags;
	m->inner = opts->inner_map_fd;
	m->with_btf = opts->btf_fd != 0;
	return m->fd;
}

int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags)
{
	struct map *m = map_of(fd);

	if (m && m->type == BPF_MAP_TYPE_ARRAY_OF_MAPS) {
		int i = kernel.entry_count++ % 8;

		kernel.entries[i].map = fd;
		memcpy(&kernel.entries[i].key, key, 4);
		memcpy(&kernel.entries[i].value, value, 4);
	} else if (m) {
		memcpy(m->content, value, m->value < sizeof(m->content) ? m->value : sizeof(m->content));
	}
	return 0;
}

int bpf_map_freeze(int fd)
{
	if (map_of(fd))
		map_of(fd)->frozen = true;
	return 0;
}

int bpf_btf_load(const void *data, size_t size, const struct bpf_btf_load_opts *opts)
{
	return new_fd();
}

int bpf_obj_get(const char *path)
{
	return -ENOENT;
}

int bpf_obj_pin(int fd, const char *path)
{
	return 0;
}

/* Before Linux 6.16 the kernel's own types cannot be mapped: those are used that follow. */
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	if (fd >= 0 && protection == PROT_READ && flags == MAP_PRIVATE) {
		errno = ENODEV;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

struct btf *btf__load_vmlinux_btf(void)
{
	struct btf *btf = btf__new_empty();

	if (kernel.has_kfunc)
		kernel.kfunc_id =
			btf__add_func(btf, PROBE_KFUNC, BTF_FUNC_GLOBAL, btf__add_func_proto(btf, 0));
	return btf;
}

/* ---- helpers ---- */

static uint8_t *object;
static size_t object_size;

static int read_object(void **state)
{
	FILE *file = fopen(TEST_DATA "/object/everything.o", "r");

	object = malloc(65536);
	if (!file || !object)
		return -1;
	object_size = fread(object, 1, 65536, file);
	fclose(file);
	return object_size > 0 ? 0 : -1;
}

static int free_object(void **state)
{
	free(object);
	return 0;
}

static struct bcc *new_handle(void)
{
	struct bcc *b = calloc(1, sizeof(*b));

	b->btf_fd = b->tracefs_fd = -1;
	return b;
}

static void free_handle(struct bcc *b)
{
	bcc_object_close(b);
	bcc_err_clear(&b->err);
	free(b);
}

static int open_object(struct bcc *b, const void *elf, size_t size)
{
	int ret = bcc_object_read(b, elf, size);

	return ret ? ret : bcc_object_create(b);
}

static struct bcc *open_all(void)
{
	bool has_kfunc = kernel.has_kfunc, refuses_btf = kernel.refuses_btf;
	struct bcc *b = new_handle();

	memset(&kernel, 0, sizeof(kernel));
	kernel.has_kfunc = has_kfunc;
	kernel.refuses_btf = refuses_btf;
	assert_int_equal(open_object(b, object, object_size), 0);
	return b;
}

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static uint32_t record(const void *records, size_t size, size_t i)
{
	uint32_t offset;

	memcpy(&offset, (const char *)records + i * size, sizeof(offset));
	return offset;
}

static void assert_map(
	const char *name, int type, uint32_t key, uint32_t value, uint32_t max, uint32_t flags, bool with_btf)
{
	struct map *m = map_named(name);

	assert_non_null(m);
	assert_int_equal(m->type, type);
	assert_int_equal(m->key, key);
	assert_int_equal(m->value, value);
	assert_int_equal(m->max, max);
	assert_int_equal(m->flags, flags);
	assert_int_equal(m->with_btf, with_btf);
}

/* ---- tests ---- */

static void test_tables(void **state)
{
	struct bcc *b = open_all();
	struct bcc_table *counts = bcc_table_find(b, "counts");
	struct bcc_table *outer = bcc_table_find(b, "outer");

	assert_int_equal(bcc_table_count(b), 6);
	assert_null(bcc_table_find(b, "count"));
	assert_map("counts", BPF_MAP_TYPE_HASH, 20, 8, 1000, BPF_F_NO_PREALLOC, true);
	assert_map("events", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, libbpf_num_possible_cpus(), 0, false);
	assert_map("ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 65536, 0, false);
	assert_map("first", BPF_MAP_TYPE_ARRAY, 4, 8, 3, 0, true);
	assert_map("outer", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 4, 0, false);
	assert_true(map_named("outer")->inner > 0);
	assert_int_equal(counts->fd, map_named("counts")->fd);
	assert_string_equal(
		btf__name_by_offset(b->btf, btf__type_by_id(b->btf, counts->btf_key_type)->name_off), "key");

	assert_int_equal(kernel.entry_count, 2);
	assert_int_equal(kernel.entries[0].map, outer->fd);
	assert_int_equal(kernel.entries[0].key, 1);
	assert_int_equal(kernel.entries[0].value, bcc_table_find(b, "first")->fd);
	assert_int_equal(kernel.entries[1].key, 3);
	assert_int_equal(kernel.entries[1].value, bcc_table_find(b, "second")->fd);
	free_handle(b);
}

static void test_kernel_without_map_types(void **state)
{
	struct bcc *b;

	kernel.refuses_btf = true;
	b = open_all();
	kernel.refuses_btf = false;
	assert_map("counts", BPF_MAP_TYPE_HASH, 20, 8, 1000, BPF_F_NO_PREALLOC, false);
	free_handle(b);
}

static void test_global_data(void **state)
{
	struct bcc *b = open_all();
	struct map *data = map_named("_data"), *bss = map_named("_bss"), *rodata = map_named("_rodata");
	const struct bpf_insn *insns = bcc_program_find(b, "kprobe__vfs_read")->insns;

	assert_map("_data", BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_MMAPABLE, true);
	assert_map("_bss", BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_MMAPABLE, true);
	assert_map("_rodata", BPF_MAP_TYPE_ARRAY, 4, 28, 1, BPF_F_MMAPABLE | BPF_F_RDONLY_PROG, true);
	assert_int_equal(*(uint64_t *)data->content, 7);
	assert_int_equal(*(uint32_t *)rodata->content, 12);
	assert_string_equal((char *)rodata->content + 24, "%d\n");
	assert_true(rodata->frozen);
	assert_false(data->frozen || bss->frozen);
	/* r1 = &total; r1 = &limit */
	assert_int_equal(insns[11].src_reg, BPF_PSEUDO_MAP_VALUE);
	assert_int_equal(insns[11].imm, data->fd);
	assert_int_equal(insns[12].imm, 0);
	assert_int_equal(insns[24].imm, rodata->fd);
	/* print("%d\n"): 24 bytes into .rodata */
	insns = bcc_program_find(b, "same_section")->insns;
	assert_int_equal(insns[2].src_reg, BPF_PSEUDO_MAP_VALUE);
	assert_int_equal(insns[3].imm, 24);
	free_handle(b);
}

static void test_programs_and_subprograms(void **state)
{
	struct bcc *b = open_all();
	struct bcc_program *p = bcc_program_at(b, 0);

	assert_int_equal(bcc_program_count(b), 3);
	assert_null(bcc_program_at(b, 3));
	assert_string_equal(bcc_program_name(bcc_program_at(b, 1)), "same_section");
	assert_string_equal(bcc_program_name(bcc_program_at(b, 2)), "tracepoint__sched__sched_switch");
	assert_string_equal(p->name, "kprobe__vfs_read");
	assert_string_equal(p->section, "kprobe/vfs_read");
	assert_string_equal(bcc_program_at(b, 2)->section, "tracepoint/sched/sched_switch");

	/* 29 instructions of its own, 9 of branch(), 7 of leaf() */
	assert_int_equal(p->insn_count, 45);
	assert_int_equal(p->insns[8].src_reg, BPF_PSEUDO_MAP_FD);
	assert_int_equal(p->insns[8].imm, bcc_table_find(b, "counts")->fd);
	assert_int_equal(p->insns[27].src_reg, BPF_PSEUDO_CALL);
	assert_int_equal(27 + 1 + p->insns[27].imm, 29);
	assert_int_equal(29 + 2 + 1 + p->insns[31].imm, 38);
	assert_int_equal(29 + 6 + 1 + p->insns[35].imm, 38);
	assert_int_equal(p->insns[39].src_reg, BPF_PSEUDO_MAP_VALUE);
	assert_int_equal(p->insns[39].imm, map_named("_bss")->fd);
	assert_int_equal(p->insns[44].code, BPF_JMP | BPF_EXIT);

	p = bcc_program_at(b, 1);
	assert_int_equal(p->insn_count, 9 + 9 + 7);
	assert_int_equal(1 + 1 + p->insns[1].imm, 9);
	free_handle(b);
}

static void test_lines_follow_code(void **state)
{
	struct bcc *b = open_all();
	struct bcc_program *p = bcc_program_at(b, 0);
	const uint32_t starts[] = {0, 29, 38};
	size_t found = 0;

	assert_int_equal(p->func_info_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(record(p->func_info, p->func_info_rec_size, i), starts[i]);
	for (size_t i = 0; i < p->line_info_count; i++) {
		uint32_t at = record(p->line_info, p->line_info_rec_size, i);

		if (i > 0)
			assert_true(at > record(p->line_info, p->line_info_rec_size, i - 1));
		assert_true(at < p->insn_count);
		found += found < 3 && at == starts[found];
	}
	assert_int_equal(found, 3);
	free_handle(b);
}

/* Reverses those of code; the order of others is that of a table's entries. */
static unsigned reverse_relocations(uint8_t *bytes)
{
	const Elf64_Ehdr *header = (const void *)bytes;
	const Elf64_Shdr *sections = (const void *)(bytes + header->e_shoff);
	unsigned moved = 0;

	for (unsigned i = 0; i < header->e_shnum; i++) {
		Elf64_Rel *relocations = (void *)(bytes + sections[i].sh_offset);
		size_t count = sections[i].sh_size / sizeof(*relocations);

		if (sections[i].sh_type != SHT_REL ||
			!(sections[sections[i].sh_info].sh_flags & SHF_EXECINSTR))
			continue;
		for (size_t j = 0; j < count / 2; j++) {
			Elf64_Rel other = relocations[j];

			relocations[j] = relocations[count - 1 - j];
			relocations[count - 1 - j] = other;
			moved++;
		}
	}
	return moved;
}

/* The ELF format does not require them to be sorted, although LLVM writes them so. */
static void test_relocations_in_any_order(void **state)
{
	uint8_t *as_written = object;

	object = malloc(object_size);
	memcpy(object, as_written, object_size);
	assert_true(reverse_relocations(object) >= 3);
	test_programs_and_subprograms(state);
	test_lines_follow_code(state);
	free(object);
	object = as_written;
}

/* .BTF.ext with a line for each instruction, the last first, each in a block of its own. */
static uint32_t *lines_in_blocks(uint32_t section, uint32_t count, size_t *size)
{
	const struct bpf_line_info line = {.line_col = 1 << 10};
	uint32_t *words, *at;

	*size = 24 + 4 + (size_t)count * (8 + sizeof(line));
	words = calloc(1, *size);
	words[0] = BTF_MAGIC | BTF_VERSION << 16;
	words[1] = 24;
	words[5] = *size - 24;
	words[6] = sizeof(line);
	at = &words[7];
	for (uint32_t i = 0; i < count; i++) {
		*at++ = section;
		*at++ = 1;
		memcpy(at, &line, sizeof(line));
		*at = (count - 1 - i) * 8;
		at += sizeof(line) / 4;
	}
	return words;
}

/* Nor the kernel's documentation that records are. */
static void test_lines_in_any_order(void **state)
{
	enum { COUNT = 100000 };
	struct btf *btf = btf__new_empty();
	const struct bcc_btf_ext_block *block;
	struct bcc_btf_ext ext;
	struct bcc_err err = {0};
	size_t size;
	uint32_t *words = lines_in_blocks(btf__add_str(btf, "kprobe/f"), COUNT, &size);

	assert_int_equal(bcc_btf_ext_parse(&ext, words, size, btf, &err), 0);
	assert_int_equal(ext.lines.block_count, 1);
	assert_null(bcc_btf_ext_find(&ext.lines, "kprobe/g"));
	block = bcc_btf_ext_find(&ext.lines, "kprobe/f");
	assert_non_null(block);
	assert_int_equal(block->count, COUNT);
	for (uint32_t i = 0; i < COUNT; i++)
		assert_int_equal(bcc_btf_ext_offset(&ext.lines, block, i), i * 8);
	assert_int_equal(bcc_btf_ext_from(&ext.lines, block, 4711 * 8), 4711);
	bcc_btf_ext_free(&ext);
	btf__free(btf);
	free(words);
}

static void test_callback_and_kernel_function(void **state)
{
	struct bcc_program *p;
	struct bcc *b;

	kernel.has_kfunc = false;
	b = open_all();
	p = bcc_program_at(b, 2);
	assert_int_equal(p->insn_count, 17 + 4 + 7);
	assert_int_equal(p->insns[9].src_reg, BPF_PSEUDO_FUNC);
	assert_int_equal(9 + 1 + p->insns[9].imm, 17);
	assert_int_equal(p->insns[10].imm, 0);
	/* the kernel lacks it: its address is 0, and the call cannot be mistaken for another */
	assert_int_equal(p->insns[0].imm, 0);
	assert_int_equal(p->insns[5].src_reg, 0);
	assert_true(p->insns[5].imm > 1000000);
	free_handle(b);

	kernel.has_kfunc = true;
	b = open_all();
	p = bcc_program_at(b, 2);
	assert_int_equal(p->insns[0].imm, 1);
	assert_int_equal(p->insns[5].src_reg, BPF_PSEUDO_KFUNC_CALL);
	assert_int_equal(p->insns[5].imm, kernel.kfunc_id);
	free_handle(b);
	kernel.has_kfunc = false;
}

static void test_types_fit_the_kernel(void **state)
{
	struct bcc *b = open_all();
	const struct btf_type *t;
	int32_t id;

	id = btf__find_by_name_kind(b->btf, ".rodata", BTF_KIND_DATASEC);
	assert_true(id > 0);
	t = btf__type_by_id(b->btf, id);
	assert_int_equal(t->size, 28);
	assert_int_equal(btf_var_secinfos(t)[1].offset, 24);
	t = btf__type_by_id(b->btf, btf__find_by_name_kind(b->btf, ".maps", BTF_KIND_DATASEC));
	for (uint32_t i = 1; i < btf_vlen(t); i++)
		assert_true(btf_var_secinfos(t)[i].offset > btf_var_secinfos(t)[i - 1].offset);
	/* the kernel does not accept extern functions */
	assert_true(btf__find_by_name_kind(b->btf, ".ksyms", BTF_KIND_DATASEC) < 0);
	id = btf__find_by_name_kind(b->btf, PROBE_KFUNC, BTF_KIND_FUNC);
	assert_true(id > 0);
	assert_int_equal(btf_vlen(btf__type_by_id(b->btf, id)), BTF_FUNC_GLOBAL);
	free_handle(b);
}

/* Opens damaged bytes: the result is always an answer, and nothing stays open. */
static int open_damaged(const uint8_t *bytes, size_t size)
{
	/* of exactly this size, so that the sanitizer sees each byte read behind it */
	uint8_t *copy = malloc(size ? size : 1);
	struct bcc *b = new_handle();
	int ret;

	memcpy(copy, bytes, size);
	kernel.map_count = kernel.entry_count = 0;
	ret = open_object(b, copy, size);
	if (ret < 0) {
		assert_int_equal(b->err.code, ret);
		assert_non_null(b->err.text);
		assert_true(strlen(b->err.text) > 10);
	}
	free_handle(b);
	free(copy);
	return ret;
}

static void test_cut_off_anywhere(void **state)
{
	int fds = count_fds();

	for (size_t size = 0; size < object_size; size++)
		assert_int_equal(open_damaged(object, size), -EINVAL);
	assert_int_equal(open_damaged(object, object_size), 0);
	assert_int_equal(count_fds(), fds);
}

static void test_bad_words(void **state)
{
	static const uint32_t words[] = {0, 1, 7, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};
	uint8_t *bytes = malloc(object_size);
	int fds = count_fds(), refused = 0;

	for (size_t at = 0; at + 4 <= object_size; at += 4) {
		for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
			memcpy(bytes, object, object_size);
			memcpy(bytes + at, &words[i], 4);
			refused += open_damaged(bytes, object_size) < 0;
		}
	}
	free(bytes);
	assert_true(refused > 1000);
	assert_int_equal(count_fds(), fds);
}

static void test_flipped_bits(void **state)
{
	uint8_t *bytes = malloc(object_size);
	int fds = count_fds(), refused = 0;
	uint64_t random = 88172645463325252ull; /* xorshift: the same sequence each time */

	for (int i = 0; i < 20000; i++) {
		memcpy(bytes, object, object_size);
		for (int flips = 1 + i % 4; flips > 0; flips--) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			bytes[random % object_size] ^= 1 << (random >> 32) % 8;
		}
		refused += open_damaged(bytes, object_size) < 0;
	}
	free(bytes);
	assert_true(refused > 1000);
	assert_int_equal(count_fds(), fds);
}

static void test_not_an_object(void **state)
{
	static const uint8_t text[100] =
		"this is not an ELF file, but a line of text that is longer than its header";
	struct bcc *b = new_handle();

	assert_int_equal(open_object(b, text, sizeof(text)), -EINVAL);
	assert_non_null(strstr(b->err.text, "not an ELF file"));
	free_handle(b);
}

/* With the string `from`, which the object must have, replaced everywhere. */
static void expect_refused(const char *from, const char *to, const char *why)
{
	size_t length = strlen(from) + 1;
	uint8_t *bytes = malloc(object_size), *at;
	struct bcc_err err = {0};

	memcpy(bytes, object, object_size);
	at = memmem(bytes, object_size, from, length);
	assert_non_null(at);
	assert_true(strlen(to) < length);
	/* sections' names are also in the BTF */
	for (; at; at = memmem(at, bytes + object_size - at, from, length))
		memcpy(at, to, strlen(to) + 1);
	assert_int_equal(bcc_object_check_origin(bytes, object_size, &err), -EINVAL);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in: %s", why, err.text);
	bcc_err_clear(&err);
	free(bytes);
}

/* What would be loaded wrong is not loaded. */
static void test_objects_of_others(void **state)
{
	struct bcc_err err = {0};

	assert_int_equal(bcc_object_check_origin(object, object_size, &err), 0);
	expect_refused("kprobe/vfs_read", ".bcc.kfuncs", "one kernel only");
	expect_refused("kprobe/vfs_read", "maps", "libbpf 1.0");
	expect_refused(".BTF", ".xTF", ".BTF.ext");
	expect_refused("\177ELF\2\1\1", "\177ELF\2\2\1", "byte order");
	expect_refused("\177ELF\2\1\1", "\177ELF\1\1\1", "not a relocatable BPF object");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_kernel_without_map_types),
		cmocka_unit_test(test_global_data),
		cmocka_unit_test(test_programs_and_subprograms),
		cmocka_unit_test(test_lines_follow_code),
		cmocka_unit_test(test_relocations_in_any_order),
		cmocka_unit_test(test_lines_in_any_order),
		cmocka_unit_test(test_objects_of_others),
		cmocka_unit_test(test_callback_and_kernel_function),
		cmocka_unit_test(test_types_fit_the_kernel),
		cmocka_unit_test(test_cut_off_anywhere),
		cmocka_unit_test(test_bad_words),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_not_an_object),
	};

	return cmocka_run_group_tests(tests, read_object, free_object);
}
