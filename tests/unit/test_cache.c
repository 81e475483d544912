/* SPDX-License-Identifier: Apache-2.0 */
/* The cache without a compiler: what is found again, and what makes it another request or another result. */
#include "small_cache.h"

#include "common/array.h"
#include "libbcc/cache/key.h"

/* ---- what is found ---- */

static void test_found_again(void **state)
{
	struct bcc_cache_info info = {.size = sizeof(info)};
	struct stat st;

	assert_false(find_text("a"));
	assert_int_equal(access(directory, F_OK), -1);
	keep_text("a");
	assert_true(find_text("a"));
	assert_false(find_text("b"));
	assert_int_equal(stat(directory, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(entry_of("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(bcc_cache_info(&info), 0);
	assert_string_equal(info.directory, directory);
	assert_int_equal(info.objects, 1);
	assert_int_equal(info.bytes, st.st_size);
	assert_int_equal(info.limit, 128 << 20);
	assert_int_equal(bcc_cache_clear(), 1);
	assert_false(find_text("a"));
	assert_int_equal(bcc_cache_clear(), 0);
}

static void test_every_part_of_the_request(void **state)
{
	const char *flags[] = {"-DA=1", "-DB"}, *other[] = {"-DA=2", "-DB"}, *joined[] = {"-DA=1-DB"};
	struct bcc_compile_request r = request_of("a"), v;

	r.cflags = flags;
	r.cflags_count = 2;
	keep(&r, NULL);
	assert_true(find(&r));
	v = r, v.cflags = other;
	assert_false(find(&v));
	v = r, v.cflags_count = 1;
	assert_false(find(&v));
	v = r, v.cflags = joined, v.cflags_count = 1;
	assert_false(find(&v));
	v = r, v.name = "other.c";
	assert_false(find(&v));
	v = r, v.kernel_source = "/usr/src/linux";
	assert_false(find(&v));
	v = r, v.portable = true;
	assert_false(find(&v));
	v = r, v.text = "a ";
	assert_false(find(&v));
	/* dumps are made by compiling */
	v = r, v.debug = BCC_DEBUG_IR;
	assert_false(find(&v));
	v = r, v.debug = BCC_DEBUG_VERIFIER;
	assert_true(find(&v));
}

static void test_environment(void **state)
{
	static const char *const names[] = {"BCC_KERNEL_SOURCE", "BCC_READS", "LD_LIBRARY_PATH"};

	keep_text("a");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *before = getenv(names[i]);
		char *saved = before ? strdup(before) : NULL;

		setenv(names[i], "other", 1);
		assert_false(find_text("a"));
		if (saved)
			setenv(names[i], saved, 1);
		else
			unsetenv(names[i]);
		free(saved);
		assert_true(find_text("a"));
	}
}

static void test_flags_that_name_files(void **state)
{
	static const char *const kept[] = {"-DX", "-Iinclude", "-include", "header.h", "-O1", "-Wall", "-w",
		"-fno-builtin", "-std=gnu11"};
	static const char *const not_kept[] = {"@flags", "-fplugin=x.so", "-load", "-include-pch", "-mllvm",
		"-fprofile-use=x", "-ivfsoverlay"};
	struct bcc_compile_request r = request_of("a");

	r.cflags_count = 1;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		r.cflags = &kept[i];
		assert_true(bcc_key_possible(&r));
	}
	for (size_t i = 0; i < ARRAY_SIZE(not_kept); i++) {
		r.cflags = &not_kept[i];
		assert_false(bcc_key_possible(&r));
	}
}

static void test_messages_are_repeated(void **state)
{
	struct bcc_compile_request request = request_of("a");
	struct bcc_cache cache;

	bcc_cache_begin(&cache, &request, "/compiler");
	bcc_record_message(&cache.record, BCC_LOG_WARN, "careful");
	bcc_record_message(&cache.record, BCC_LOG_INFO, "by the way");
	bcc_cache_keep(&cache, object, sizeof(object));
	bcc_cache_end(&cache);
	assert_true(find_text("a"));
	assert_string_equal(said, "0:careful;1:by the way;");
}

/* ---- dependencies ---- */

static char header[128];

static void depend_on_header(const struct bcc_dependencies *to)
{
	bcc_depend_path(to, header);
}

static void depend_on_presence(const struct bcc_dependencies *to)
{
	bcc_depend_presence(to, header, true);
}

static void depend_on_resolved(const struct bcc_dependencies *to)
{
	bcc_depend_resolved(to, header);
}

static void depend_on_library(const struct bcc_dependencies *to)
{
	bcc_depend_library(to, header);
}

static void depend_on_other(const struct bcc_dependencies *to)
{
	bcc_depend_other(to, "__TIME__");
}

static void depend_on_tracepoint(const struct bcc_dependencies *to)
{
	bcc_depend_contents(
		to, BCC_DEPENDS_TRACEFS, "events/a/b/format", (struct bcc_file_identity){0}, "x", 1);
}

static void depend_twice(const struct bcc_dependencies *to)
{
	bcc_depend_path(to, header);
	bcc_depend_path(to, header);
}

static void depend_on_two_contents(const struct bcc_dependencies *to)
{
	bcc_depend_path(to, header);
	write_file(header, "2", 1);
	bcc_depend_path(to, header);
}

static void depend_on_found_and_missing(const struct bcc_dependencies *to)
{
	bcc_depend_presence(to, header, false);
	bcc_depend_presence(to, header, true);
}

static bool keep_and_find(void (*depend)(const struct bcc_dependencies *to))
{
	struct bcc_compile_request request = request_of("a");

	bcc_cache_clear();
	keep(&request, depend);
	return find(&request);
}

static void test_contents_of_files(void **state)
{
	struct stat before, after;

	snprintf(header, sizeof(header), "%s/header.h", root);
	write_file(header, "1", 1);
	make_old(header);
	assert_true(keep_and_find(depend_on_header));
	/* only touched */
	write_file(header, "1", 1);
	assert_true(find_text("a"));
	/* other contents of the same size and modification time */
	assert_int_equal(stat(header, &before), 0);
	write_file(header, "2", 1);
	make_old(header);
	assert_int_equal(stat(header, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_false(find_text("a"));
	write_file(header, "1", 1);
	assert_true(find_text("a"));
	unlink(header);
	assert_false(find_text("a"));
	/* depends on the file being missing */
	assert_true(keep_and_find(depend_on_header));
	write_file(header, "1", 1);
	assert_false(find_text("a"));
}

static void test_old_files_by_identity(void **state)
{
	struct bcc_file_identity identity, after;

	snprintf(header, sizeof(header), "%s/header.h", root);
	write_file(header, "1", 1);
	identity = bcc_identity_of(header);
	assert_int_equal(identity.inode, 0); /* written just now: a second write might look the same */
	identity = bcc_identity_of("/proc/self/status");
	assert_int_equal(identity.inode, 0);
	identity = bcc_identity_of("/bin/sh");
	assert_int_not_equal(identity.inode, 0);
	after = bcc_identity_of("/bin/sh");
	assert_memory_equal(&identity, &after, sizeof(identity));
}

static void test_other_dependencies(void **state)
{
	char target[2][160];

	snprintf(header, sizeof(header), "%s/header.h", root);
	write_file(header, "1", 1);
	assert_true(keep_and_find(depend_twice));
	assert_false(keep_and_find(depend_on_two_contents));
	assert_false(keep_and_find(depend_on_found_and_missing));
	assert_false(keep_and_find(depend_on_other));
	assert_true(keep_and_find(depend_on_presence));
	unlink(header);
	assert_false(find_text("a"));
	write_file(header, "1", 1);
	assert_true(keep_and_find(depend_on_library));
	write_file(header, "11", 2);
	assert_false(find_text("a"));
	for (int i = 0; i < 2; i++) {
		snprintf(target[i], sizeof(target[i]), "%s/target%d", root, i);
		write_file(target[i], "1", 1);
	}
	unlink(header);
	assert_int_equal(symlink(target[0], header), 0);
	assert_true(keep_and_find(depend_on_resolved));
	unlink(header);
	assert_int_equal(symlink(target[1], header), 0);
	assert_false(find_text("a"));
	tracefs_calls = 0;
	assert_false(keep_and_find(depend_on_tracepoint));
	assert_int_equal(tracefs_calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CACHE_TEST(test_found_again),
		CACHE_TEST(test_every_part_of_the_request),
		CACHE_TEST(test_environment),
		CACHE_TEST(test_flags_that_name_files),
		CACHE_TEST(test_messages_are_repeated),
		CACHE_TEST(test_contents_of_files),
		CACHE_TEST(test_old_files_by_identity),
		CACHE_TEST(test_other_dependencies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
