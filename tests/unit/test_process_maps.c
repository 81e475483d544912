/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory maps of processes with very many files: each address belongs to the right file, what was read of
 * files is kept, and the cost grows no faster than the map, whatever the files are called.
 */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/symbols.h>

#include "libbcc/symbols/process/mapped_files.h"

#define MANY 20000
#define BASE 0x10000000ULL
#define STEP 0x10000ULL

/* ---- the C library's functions, called through the linker's --wrap ---- */

static size_t compared;		  /* names */
static long insertions_left = -1; /* until memory runs out; negative: never */

int __real_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b);
void *__real_tsearch(const void *key, void **root, int (*compare)(const void *, const void *));
void *__wrap_tsearch(const void *key, void **root, int (*compare)(const void *, const void *));

int __wrap_strcmp(const char *a, const char *b)
{
	compared++;
	return __real_strcmp(a, b);
}

void *__wrap_tsearch(const void *key, void **root, int (*compare)(const void *, const void *))
{
	if (!insertions_left)
		return NULL;
	insertions_left -= insertions_left > 0;
	return __real_tsearch(key, root, compare);
}

/* ---- made-up maps ---- */

static FILE *start_maps(void)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	return f;
}

static int update(struct bcc_process_map *map, FILE *maps, bool with_data, bool *dropped)
{
	int code;

	rewind(maps);
	code = bcc_process_map_update(map, maps, with_data, dropped);
	fclose(maps);
	return code;
}

static void add(
	FILE *f, size_t place, const char *permissions, unsigned minor, unsigned inode, const char *path)
{
	uint64_t start = BASE + place * STEP;

	fprintf(f, "%llx-%llx %s 00000000 00:%02x %u    %s\n", (unsigned long long)start,
		(unsigned long long)start + STEP, permissions, minor, inode, path);
}

static const struct bcc_process_module *module_at(const struct bcc_process_map *map, size_t place)
{
	const struct bcc_process_range *range = bcc_process_map_at(map, BASE + place * STEP + 7);

	assert_non_null(range);
	assert_int_equal(range->start, BASE + place * STEP);
	return range->module;
}

static size_t count_modules(const struct bcc_process_map *map)
{
	size_t count = 0;

	for (const struct bcc_process_module *m = map->modules; m; m = m->next)
		count++;
	return count;
}

/* A table, as if the module had been read. */
static const struct bcc_elf_table *read_module(const struct bcc_process_map *map, size_t place)
{
	static const struct bcc_root own = {.fd = -1};
	struct bcc_process_module *module = (struct bcc_process_module *)module_at(map, place);
	int fd = open(TARGETS "/target_pie", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(bcc_elf_table_get(NULL, fd, module->path, &own, 0, &module->table), 0);
	module->tried = true;
	close(fd);
	return module->table;
}

/* How the files of a map differ. */
enum { BY_NAME, BY_INODE, BY_DEVICE, KINDS };

static void add_file(FILE *f, size_t place, size_t file, int kind)
{
	char path[64] = "/memfd:one (deleted)";

	if (kind == BY_NAME)
		snprintf(path, sizeof(path), "[anon:a name that begins as all do %06zu]", file);
	add(f, place, "r-xp", kind == BY_DEVICE ? file : 1,
		kind == BY_NAME	   ? 0
		: kind == BY_INODE ? file + 1
				   : 1,
		path);
}

static void expect_files(const struct bcc_process_map *map, size_t count, int kind)
{
	for (size_t i = 0; i < count; i++) {
		const struct bcc_process_module *module = module_at(map, i);
		char path[64] = "/memfd:one";

		if (kind == BY_NAME)
			snprintf(path, sizeof(path), "[anon:a name that begins as all do %06zu]", i);
		assert_string_equal(module->path, path);
		assert_int_equal(module->inode, kind == BY_NAME ? 0 : kind == BY_INODE ? i + 1 : 1);
		assert_int_equal(module->device_minor, kind == BY_DEVICE ? i : 1);
		assert_int_equal(module->start, BASE + i * STEP);
	}
	assert_int_equal(count_modules(map), count);
}

/* Half of the files are mapped twice, and each that remains is found again by the next update; some in other
 * places. */
static void test_many(void **state)
{
	for (int kind = 0; kind < KINDS; kind++) {
		const struct bcc_elf_table *first, *last;
		struct bcc_process_map map = {0};
		bool dropped;
		FILE *f = start_maps();

		for (size_t i = 0; i < MANY; i++)
			add_file(f, i, i, kind);
		for (size_t i = 0; i < MANY / 2; i++)
			add_file(f, MANY + i, 2 * i, kind);
		assert_int_equal(update(&map, f, false, &dropped), 0);
		assert_false(dropped);
		expect_files(&map, MANY, kind);
		for (size_t i = 0; i < MANY / 2; i++)
			assert_ptr_equal(module_at(&map, MANY + i), module_at(&map, 2 * i));
		first = read_module(&map, 1);
		last = read_module(&map, MANY - 1);
		/* without the first one, which had not been read */
		f = start_maps();
		for (size_t i = 1; i < MANY; i++)
			add_file(f, i + (kind != BY_NAME), i, kind);
		assert_int_equal(update(&map, f, false, &dropped), 0);
		assert_false(dropped);
		assert_int_equal(count_modules(&map), MANY - 1);
		for (size_t i = 1; i < MANY; i++) {
			const struct bcc_process_module *module = module_at(&map, i + (kind != BY_NAME));

			assert_int_equal(module->tried, i == 1 || i == MANY - 1);
			assert_ptr_equal(module->table, i == 1 ? first : i == MANY - 1 ? last : NULL);
		}
		bcc_process_map_free(&map);
	}
}

static size_t cost_of_refresh(size_t count)
{
	struct bcc_process_map map = {0};
	bool dropped;

	for (int i = 0; i < 2; i++) {
		FILE *f = start_maps();

		for (size_t k = 0; k < count; k++)
			add_file(f, k, k, BY_NAME);
		compared = 0;
		assert_int_equal(update(&map, f, false, &dropped), 0);
	}
	bcc_process_map_free(&map);
	return compared;
}

/* Ten times the files take ten times the comparisons, and a few more because the tree is higher; not a
 * hundred times. */
static void test_cost(void **state)
{
	size_t few = cost_of_refresh(MANY / 10), many = cost_of_refresh(MANY);

	assert_true(few >= MANY / 10);
	assert_true(many < 15 * few);
	/* each is looked up in the new map, inserted, and looked up again for the old map, in a tree at most
	 * this high: 2 log2(MANY) */
	assert_true(many < 3UL * MANY * 30);
}

/* ---- which files are the same ---- */

static void test_same_files(void **state)
{
	struct bcc_process_map map = {0};
	bool dropped;
	FILE *f = start_maps();

	add(f, 0, "r-xp", 1, 10, "/lib/a.so");
	add(f, 1, "r--p", 1, 10, "/lib/a.so");
	add(f, 2, "r-xp", 1, 11, "/lib/a.so");
	add(f, 3, "r-xp", 2, 10, "/lib/a.so");
	add(f, 4, "r-xp", 1, 10, "/lib/b.so");
	add(f, 5, "rwxp", 0, 0, "");
	add(f, 6, "r-xp", 1, 10, "/lib/a.so (deleted)");
	add(f, 7, "rw-p", 0, 0, "[heap]");
	add(f, 8, "r-xp", 0, 0, "[vdso]");
	assert_int_equal(update(&map, f, true, &dropped), 0);
	assert_int_equal(count_modules(&map), 5);
	assert_ptr_equal(module_at(&map, 1), module_at(&map, 0));
	assert_ptr_equal(module_at(&map, 6), module_at(&map, 0));
	assert_int_equal(module_at(&map, 0)->head, BASE + 6 * STEP);
	assert_ptr_not_equal(module_at(&map, 2), module_at(&map, 0));
	assert_ptr_not_equal(module_at(&map, 3), module_at(&map, 0));
	assert_ptr_not_equal(module_at(&map, 4), module_at(&map, 0));
	assert_null(module_at(&map, 5));
	assert_null(bcc_process_map_at(&map, BASE + 7 * STEP));
	assert_null(bcc_process_map_at(&map, BASE - 1));
	assert_null(bcc_process_map_at(&map, BASE + 9 * STEP));
	/* in the order of their addresses */
	assert_ptr_equal(map.modules, module_at(&map, 0));
	assert_ptr_equal(map.modules->next, module_at(&map, 2));
	/* code alone */
	f = start_maps();
	add(f, 0, "r--p", 1, 10, "/lib/a.so");
	add(f, 1, "r-xp", 1, 10, "/lib/a.so");
	assert_int_equal(update(&map, f, false, &dropped), 0);
	assert_int_equal(map.count, 1);
	assert_int_equal(module_at(&map, 1)->head, BASE + STEP);
	bcc_process_map_free(&map);
}

/* A vdso at another address belongs to another program. */
static void test_vdso_moves(void **state)
{
	const struct bcc_elf_table *table;
	struct bcc_process_map map = {0};
	bool dropped;
	FILE *f;

	f = start_maps();
	add(f, 3, "r-xp", 0, 0, "[vdso]");
	assert_int_equal(update(&map, f, false, &dropped), 0);
	table = read_module(&map, 3);
	f = start_maps();
	add(f, 3, "r-xp", 0, 0, "[vdso]");
	assert_int_equal(update(&map, f, false, &dropped), 0);
	assert_false(dropped);
	assert_ptr_equal(module_at(&map, 3)->table, table);
	f = start_maps();
	add(f, 4, "r-xp", 0, 0, "[vdso]");
	assert_int_equal(update(&map, f, false, &dropped), 0);
	assert_true(dropped);
	assert_null(module_at(&map, 4)->table);
	assert_false(module_at(&map, 4)->tried);
	bcc_process_map_free(&map);
}

/* ---- what goes wrong ---- */

static void test_what_was_known_stays(void **state)
{
	const struct bcc_elf_table *table;
	struct bcc_process_map map = {0};
	bool dropped;
	FILE *f;

	f = start_maps();
	add(f, 0, "r-xp", 1, 10, "/lib/a.so");
	assert_int_equal(update(&map, f, false, &dropped), 0);
	table = read_module(&map, 0);
	/* a process that has ended has nothing mapped */
	f = start_maps();
	assert_int_equal(update(&map, f, false, &dropped), 0);
	assert_false(dropped);
	assert_ptr_equal(module_at(&map, 0)->table, table);
	for (long enough = 0; enough < 3; enough++) {
		f = start_maps();
		for (size_t i = 0; i < 3; i++)
			add_file(f, i, i, BY_NAME);
		insertions_left = enough;
		assert_int_equal(update(&map, f, false, &dropped), -ENOMEM);
		insertions_left = -1;
		assert_false(dropped);
		assert_ptr_equal(module_at(&map, 0)->table, table);
		assert_int_equal(count_modules(&map), 1);
	}
	f = start_maps();
	add(f, 0, "r-xp", 1, 11, "/lib/a.so");
	assert_int_equal(update(&map, f, false, &dropped), 0);
	assert_true(dropped);
	assert_null(module_at(&map, 0)->table);
	bcc_process_map_free(&map);
}

/* ---- a real process ---- */

#define LIBRARY_EACH 10 /* other files between two mappings of the library */

struct mapped {
	const char *library;
	bool ready;
	char *files[MANY];
};

static void *map_file(int fd, size_t size)
{
	void *at = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		_exit(1);
	close(fd);
	return at;
}

static void map_many(struct mapped *mapped)
{
	for (size_t i = 0; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), "file-%zu", i);
		mapped->files[i] = map_file(memfd_create(name, MFD_CLOEXEC), 4096);
		if (i % LIBRARY_EACH == 0)
			map_file(open(mapped->library, O_RDONLY | O_CLOEXEC), 65536);
	}
	mapped->ready = true;
}

/* Returns when everything is mapped; the process then waits to be killed. */
static pid_t start_process(struct mapped *mapped)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	fflush(stdout);
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		map_many(mapped);
		close(ready[0]);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0);
	close(ready[0]);
	return child;
}

static void expect_mapped(struct bcc_symbols *s, const struct mapped *mapped)
{
	for (size_t i = 0; i < MANY; i += 97) {
		struct bcc_symbol_info info;
		char path[32];

		snprintf(path, sizeof(path), "/memfd:file-%zu", i);
		assert_int_equal(bcc_symbols_resolve(s, (uintptr_t)mapped->files[i] + 5, &info), -ENOENT);
		assert_string_equal(info.module, path);
		assert_int_equal(info.offset, 5);
	}
}

/* The library's function is found; if the library were read again, nothing would be, because the file is
 * truncated. */
static void expect_library(struct bcc_symbols *s, const char *path)
{
	struct bcc_symbol_info info;
	uint64_t address, again;

	assert_int_equal(bcc_symbols_find(s, path, "library_exported", &address), 0);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(bcc_symbols_refresh(s), 0);
	assert_int_equal(bcc_symbols_find(s, path, "library_exported", &again), 0);
	assert_int_equal(again, address);
	assert_int_equal(bcc_symbols_resolve(s, address + 1, &info), 0);
	assert_string_equal(info.name, "library_exported");
	assert_string_equal(info.module, path);
	assert_int_equal(info.offset, 1);
	/* a missing name is searched once, wherever the library is mapped: the others are comparisons of
	 * paths */
	compared = 0;
	assert_int_equal(bcc_symbols_find(s, path, "no_such_function", &address), -ENOENT);
	assert_true(compared < MANY + MANY / LIBRARY_EACH);
}

static void test_process(void **state)
{
	struct mapped *mapped =
		mmap(NULL, sizeof(*mapped), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char directory[] = "/tmp/maps-XXXXXX", path[64], command[PATH_MAX];
	struct bcc_symbols *s;
	bool ready;
	pid_t child;

	assert_true(mapped != MAP_FAILED);
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/library.so", directory);
	snprintf(command, sizeof(command), "cp %s %s", TARGETS "/libtarget_library.so", path);
	assert_int_equal(system(command), 0);
	mapped->library = path;
	child = start_process(mapped);
	ready = mapped->ready;
	if (ready) {
		assert_int_equal(bcc_symbols_open_process(child, NULL, &s), 0);
		expect_mapped(s, mapped);
		expect_library(s, path);
		expect_mapped(s, mapped);
		bcc_symbols_close(s);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
	munmap(mapped, sizeof(*mapped));
	if (!ready) {
		printf("SKIP: a process cannot map %d files here\n", MANY);
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_same_files),
		cmocka_unit_test(test_vdso_moves),
		cmocka_unit_test(test_what_was_known_stays),
		cmocka_unit_test(test_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
