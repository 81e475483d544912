/* SPDX-License-Identifier: Apache-2.0 */
/* What is not taken from the cache: damaged entries, and a directory that others could write to. */
#include "small_cache.h"

#include "common/array.h"

static size_t read_file(const char *path, char *data, size_t room)
{
	FILE *file = fopen(path, "r");
	size_t size;

	assert_non_null(file);
	size = fread(data, 1, room, file);
	fclose(file);
	return size;
}

/* ---- damage ---- */

static void test_every_damaged_byte(void **state)
{
	static char whole[65536], damaged[65536];
	const char *path;
	size_t size;

	keep_text("a");
	path = entry_of("a");
	size = read_file(path, whole, sizeof(whole));
	assert_in_range(size, 100, sizeof(whole) - 1);
	for (size_t i = 0; i < size; i++) {
		memcpy(damaged, whole, size);
		damaged[i] ^= 1 << (i % 8);
		write_file(path, damaged, size);
		if (find_text("a"))
			fail_msg("found although byte %zu of %zu is damaged", i, size);
	}
	for (size_t length = 0; length < size; length++) {
		write_file(path, whole, length);
		if (find_text("a"))
			fail_msg("found although cut off after %zu of %zu bytes", length, size);
	}
	write_file(path, whole, size + 1);
	assert_false(find_text("a"));
	write_file(path, whole, size);
	assert_true(find_text("a"));
}

/* Parts with correct checksums but wrong lengths. */
static void test_lengths_that_lie(void **state)
{
	struct bcc_record record = {0};
	struct bcc_bytes bytes = {0};
	struct bcc_entry entry;

	assert_true(bcc_entry_write(&bytes, "r", 1, &record, object, sizeof(object)));
	for (size_t i = 32; i + 8 <= bytes.size; i++) {
		static const uint64_t lies[] = {1, 1000, UINT64_MAX, UINT64_MAX - 7, 1ull << 63};
		char *copy = malloc(bytes.size);
		struct bcc_dependency dependency;
		struct bcc_hash checksum;

		assert_non_null(copy);
		memcpy(copy, bytes.data, bytes.size);
		memcpy(copy + i, &lies[i % 5], 8);
		checksum = bcc_hash(copy + 32, bytes.size - 32);
		memcpy(copy + 16, &checksum, sizeof(checksum));
		/* whatever it reads is within the copy: sanitizers watch */
		if (bcc_entry_read(copy, bytes.size, &entry))
			for (size_t n = 0; n < entry.dependency_count; n++)
				if (!bcc_entry_dependency(&entry, &dependency))
					break;
		free(copy);
	}
	free(bytes.data);
}

static void test_swapped_entries(void **state)
{
	char a[256], b[256], c[256];

	keep_text("a");
	keep_text("b");
	snprintf(a, sizeof(a), "%s", entry_of("a"));
	snprintf(b, sizeof(b), "%s", entry_of("b"));
	snprintf(c, sizeof(c), "%s/c", directory);
	assert_int_equal(rename(a, c), 0);
	assert_int_equal(rename(b, a), 0);
	assert_int_equal(rename(c, b), 0);
	assert_false(find_text("a"));
	assert_false(find_text("b"));
	keep_text("a");
	assert_true(find_text("a"));
}

/* ---- foreign hands ---- */

static void test_links_are_not_followed(void **state)
{
	char aside[256], *path;

	keep_text("a");
	path = strdup(entry_of("a"));
	snprintf(aside, sizeof(aside), "%s/aside", root);
	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(symlink(aside, path), 0);
	assert_false(find_text("a"));
	/* the link is replaced; its target is not written to */
	make_old(aside);
	keep_text("a");
	assert_true(find_text("a"));
	unlink(path);
	assert_int_equal(rename(aside, path), 0);
	assert_true(find_text("a"));
	free(path);
	/* the directory */
	snprintf(aside, sizeof(aside), "%s/elsewhere", root);
	assert_int_equal(rename(directory, aside), 0);
	assert_int_equal(symlink(aside, directory), 0);
	assert_false(find_text("a"));
	keep_text("b");
	assert_false(find_text("b"));
}

static void test_writable_by_others(void **state)
{
	static const mode_t modes[] = {0702, 0720, 0777, 01777};
	struct bcc_cache_info info = {.size = sizeof(info)};

	keep_text("a");
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_int_equal(chmod(directory, modes[i]), 0);
		assert_false(find_text("a"));
		keep_text("b");
		assert_int_equal(bcc_cache_info(&info), -EPERM);
		assert_string_equal(info.directory, directory);
		assert_int_equal(bcc_cache_clear(), -EPERM);
	}
	assert_int_equal(chmod(directory, 0755), 0); /* others may read it */
	assert_true(find_text("a"));
	assert_false(find_text("b"));
	assert_int_equal(chmod(entry_of("a"), 0620), 0);
	assert_false(find_text("a"));
	assert_int_equal(chmod(entry_of("a"), 0602), 0);
	assert_false(find_text("a"));
	assert_int_equal(chmod(entry_of("a"), 0644), 0);
	assert_true(find_text("a"));
}

static void test_of_another_owner(void **state)
{
	if (geteuid() != 0) {
		printf("SKIP: giving files away needs root\n");
		skip();
	}
	keep_text("a");
	assert_int_equal(chown(entry_of("a"), 12345, 12345), 0);
	assert_false(find_text("a"));
	assert_int_equal(chown(entry_of("a"), 0, 12345), 0);
	assert_true(find_text("a"));
	assert_int_equal(chown(directory, 12345, 12345), 0);
	assert_false(find_text("a"));
	keep_text("b");
	assert_int_equal(chown(directory, 0, 0), 0);
	assert_false(find_text("b"));
	assert_true(find_text("a"));
}

static void test_what_is_no_file(void **state)
{
	const char *path;

	keep_text("a");
	path = entry_of("a");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(find_text("a")); /* and does not block */
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(find_text("a"));
	keep_text("a");
	assert_false(find_text("a"));
	assert_int_equal(count(), 0);
	assert_int_equal(rmdir(path), 0);
	unlink(directory);
	assert_int_equal(bcc_cache_clear(), 0);
	assert_int_equal(rmdir(directory), 0);
	write_file(directory, "", 0);
	keep_text("a");
	assert_false(find_text("a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CACHE_TEST(test_every_damaged_byte),
		CACHE_TEST(test_lengths_that_lie),
		CACHE_TEST(test_swapped_entries),
		CACHE_TEST(test_links_are_not_followed),
		CACHE_TEST(test_writable_by_others),
		CACHE_TEST(test_of_another_owner),
		CACHE_TEST(test_what_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
