/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "libbcc/symbols/elf/library_path.h"

static void test_matches(void **state)
{
	assert_true(bcc_library_matches("libc.so.6", "c"));
	assert_true(bcc_library_matches("libc.so.6", "libc.so.6"));
	assert_true(bcc_library_matches("libssl.so", "ssl"));
	assert_true(bcc_library_matches("libc-2.31.so", "c"));
	assert_true(bcc_library_matches("libpthread-2.31.so", "pthread"));
	assert_true(bcc_library_matches("bash", "bash"));
	assert_true(bcc_library_matches("libc.so.6", "c.so.6"));
	assert_true(bcc_library_matches("libc.so.6", "c.so"));
	assert_true(bcc_library_matches("libc.so.6", "libc"));
	assert_true(bcc_library_matches("libc-2.31.so", "libc"));
	assert_false(bcc_library_matches("libcap.so.2", "libc"));
	assert_false(bcc_library_matches("lib.so", "lib"));
	assert_false(bcc_library_matches("libc.so.6", "c.so.7"));
	assert_false(bcc_library_matches("libc.so.60", "c.so.6"));
	assert_false(bcc_library_matches("libcap.so.2", "c"));
	assert_false(bcc_library_matches("libcso", "c"));
	assert_false(bcc_library_matches("libc.sorted", "c"));
	assert_false(bcc_library_matches("libc.so.6", "libc.so"));
	assert_false(bcc_library_matches("libc-client.so.2007", "c"));
	assert_false(bcc_library_matches("c.so", "c"));
	assert_false(bcc_library_matches("lib", "c"));
}

/* An ld.so.cache with both forms, or only the newer one. */
struct cache {
	char bytes[1024];
	size_t size;
};

static const char *const cached[][2] = {
	{"libssl.so.3", "/usr/lib/libssl.so.3"},
	{"libc.so.6", "/lib/libc.so.6"},
	{"libc.so.6", "/lib32/libc.so.6"},
};

static void build_cache(struct cache *cache, bool with_old_form)
{
	char *start, *entry;
	uint32_t count = 3, string;

	memset(cache, 0, sizeof(*cache));
	if (with_old_form) {
		uint32_t old_count = 1;

		memcpy(cache->bytes, "ld.so-1.7.0", 12);
		memcpy(cache->bytes + 12, &old_count, 4);
		cache->size = (16 + 12 + 7) & ~7;
	}
	start = cache->bytes + cache->size;
	memcpy(start, "glibc-ld.so.cache1.1", 20);
	memcpy(start + 20, &count, 4);
	entry = start + 48;
	string = 48 + 24 * count;
	for (uint32_t i = 0; i < count; i++, entry += 24) {
		for (int part = 0; part < 2; part++) {
			memcpy(entry + 4 + 4 * part, &string, 4);
			strcpy(start + string, cached[i][part]);
			string += strlen(cached[i][part]) + 1;
		}
	}
	cache->size += string;
}

static bool only_lib32(void *ctx, const char *path)
{
	++*(int *)ctx;
	return !strncmp(path, "/lib32", 6);
}

static void test_cache_of_both_forms(void **state)
{
	for (int old = 0; old < 2; old++) {
		struct cache cache;
		int asked = 0;

		build_cache(&cache, old);
		assert_string_equal(bcc_ld_cache_find(cache.bytes, cache.size, "ssl", NULL, NULL),
			"/usr/lib/libssl.so.3");
		assert_string_equal(
			bcc_ld_cache_find(cache.bytes, cache.size, "c", NULL, NULL), "/lib/libc.so.6");
		assert_string_equal(bcc_ld_cache_find(cache.bytes, cache.size, "c", only_lib32, &asked),
			"/lib32/libc.so.6");
		assert_int_equal(asked, 2);
		assert_null(bcc_ld_cache_find(cache.bytes, cache.size, "absent", NULL, NULL));
	}
}

/* An entry whose string is too long for a path is skipped. */
static void test_cache_of_long_strings(void **state)
{
	const uint32_t count = 2, size = 48 + 24 * count + 2 * PATH_MAX;
	uint32_t strings[] = {48 + 24 * count, size - 12};
	char *cache = calloc(size, 1);

	assert_non_null(cache);
	memcpy(cache, "glibc-ld.so.cache1.1", 20);
	memcpy(cache + 20, &count, 4);
	memset(cache + strings[0], '/', 2 * PATH_MAX);
	strcpy(cache + strings[1], "libc.so.6");
	for (uint32_t i = 0; i < count; i++) {
		memcpy(cache + 48 + 24 * i + 4, &strings[1], 4);
		memcpy(cache + 48 + 24 * i + 8, &strings[i], 4);
	}
	assert_ptr_equal(bcc_ld_cache_find(cache, size, "c", NULL, NULL), cache + strings[1]);
	free(cache);
}

/* Copies of the exact size, so that a sanitizer sees a step past the end. */
static void test_broken_caches(void **state)
{
	struct cache cache;
	unsigned seed = 7;

	for (int old = 0; old < 2; old++) {
		build_cache(&cache, old);
		for (int round = 0; round < 20000; round++) {
			size_t size = round < (int)cache.size ? (size_t)round : cache.size;
			char *copy = malloc(size ? size : 1);

			memcpy(copy, cache.bytes, size);
			for (int flips = size == cache.size ? 1 + rand_r(&seed) % 4 : 0; flips; flips--)
				copy[rand_r(&seed) % size] = rand_r(&seed);
			const char *found = bcc_ld_cache_find(copy, size, "c", NULL, NULL);

			if (found)
				assert_true(strlen(found) < size);
			free(copy);
		}
	}
}

static void expect_same_file(const struct bcc_binary *binary, const char *path)
{
	struct stat a, b, c;

	assert_int_equal(fstat(binary->fd, &a), 0);
	assert_int_equal(stat(path, &b), 0);
	assert_int_equal(stat(binary->path, &c), 0);
	assert_true(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	assert_true(a.st_ino == c.st_ino && a.st_dev == c.st_dev);
}

/* The dynamic loader's own answer is the truth. */
static void test_short_name_of_libc(void **state)
{
	struct bcc_err err = {0};
	struct link_map *map;
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	if (!libc) {
		printf("SKIP: this program does not use a libc.so.6\n");
		skip();
	}
	assert_int_equal(dlinfo(libc, RTLD_DI_LINKMAP, &map), 0);
	for (int pid = 0; pid <= getpid(); pid += getpid()) {
		struct bcc_binary binary;

		assert_int_equal(bcc_binary_open(&err, "c", pid, &binary), 0);
		expect_same_file(&binary, map->l_name);
		assert_true(fcntl(binary.fd, F_GETFD) & FD_CLOEXEC);
		bcc_binary_close(&binary);
		assert_int_equal(bcc_binary_open(&err, "libc.so.6", pid, &binary), 0);
		expect_same_file(&binary, map->l_name);
		bcc_binary_close(&binary);
	}
	dlclose(libc);
}

static void test_program_and_path(void **state)
{
	struct bcc_err err = {0};
	struct bcc_binary binary;
	char *path = getenv("PATH") ? strdup(getenv("PATH")) : NULL;

	setenv("PATH", "/nowhere:/bin:/usr/bin", 1);
	assert_int_equal(bcc_binary_open(&err, "cat", 0, &binary), 0);
	expect_same_file(&binary, "/bin/cat");
	bcc_binary_close(&binary);
	assert_int_equal(bcc_binary_open(&err, "/bin/cat", getpid(), &binary), 0);
	expect_same_file(&binary, "/bin/cat");
	bcc_binary_close(&binary);
	if (path)
		setenv("PATH", path, 1);
	free(path);
}

static void test_not_found(void **state)
{
	struct bcc_err err = {0};
	struct bcc_binary binary;

	assert_int_equal(bcc_binary_open(&err, "no-such-library", 0, &binary), -ENOENT);
	assert_non_null(strstr(err.text, "\"no-such-library\""));
	assert_int_equal(bcc_binary_open(&err, "/no/such/file", 0, &binary), -ENOENT);
	assert_non_null(strstr(err.text, "/no/such/file"));
	assert_int_equal(bcc_binary_open(&err, "/usr", 0, &binary), -ENOEXEC);
	assert_int_equal(bcc_binary_open(&err, "c", INT_MAX, &binary), -ESRCH);
	bcc_err_clear(&err);
}

static void copy_file(const char *from, const char *to)
{
	char command[256];

	snprintf(command, sizeof(command), "cp %s '%s'", from, to);
	assert_int_equal(system(command), 0);
}

/* A file in a directory of our own, named by LD_LIBRARY_PATH; the highest version wins. */
static void test_ld_library_path(void **state)
{
	struct bcc_err err = {0};
	struct bcc_binary binary;
	char directory[] = "/tmp/bcc-library-XXXXXX", old[64], new[64], script[64];

	assert_non_null(mkdtemp(directory));
	snprintf(old, sizeof(old), "%s/libbcctest.so.9", directory);
	snprintf(new, sizeof(new), "%s/libbcctest.so.10", directory);
	snprintf(script, sizeof(script), "%s/libbcctest.so.11", directory);
	copy_file("/proc/self/exe", old);
	copy_file("/proc/self/exe", new);
	copy_file("/proc/self/maps", script);
	setenv("LD_LIBRARY_PATH", directory, 1);
	assert_int_equal(bcc_binary_open(&err, "bcctest", 0, &binary), 0);
	assert_string_equal(binary.path, new);
	bcc_binary_close(&binary);
	assert_int_equal(bcc_binary_open(&err, "libbcctest.so.9", 0, &binary), 0);
	assert_string_equal(binary.path, old);
	bcc_binary_close(&binary);
	unsetenv("LD_LIBRARY_PATH");
	unlink(old);
	unlink(new);
	unlink(script);
	rmdir(directory);
}

/* The kernel's mark for a deleted file may also be part of a path. */
static void test_mapped(void **state)
{
	static const char *const places[] = {"", "/a (deleted)"};
	struct bcc_err err = {0};
	struct bcc_binary binary;
	char directory[] = "/tmp/bcc-mapped-XXXXXX", folder[64], path[128];

	assert_non_null(mkdtemp(directory));
	snprintf(folder, sizeof(folder), "%s%s", directory, places[1]);
	assert_int_equal(mkdir(folder, 0700), 0);
	for (int i = 0; i < 2; i++) {
		char name[32];
		void *mapped;
		int fd;

		snprintf(name, sizeof(name), "bccmapped%d", i);
		snprintf(path, sizeof(path), "%s%s/lib%s.so", directory, places[i], name);
		copy_file("/proc/self/exe", path);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
		assert_true(mapped != MAP_FAILED);
		assert_int_equal(bcc_binary_open(&err, name, getpid(), &binary), 0);
		assert_string_equal(binary.path, path);
		bcc_binary_close(&binary);
		munmap(mapped, 4096);
		assert_int_equal(bcc_binary_open(&err, name, getpid(), &binary), -ENOENT);
		close(fd);
		unlink(path);
	}
	bcc_err_clear(&err);
	rmdir(folder);
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_cache_of_both_forms),
		cmocka_unit_test(test_cache_of_long_strings),
		cmocka_unit_test(test_broken_caches),
		cmocka_unit_test(test_short_name_of_libc),
		cmocka_unit_test(test_program_and_path),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_ld_library_path),
		cmocka_unit_test(test_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
