/* SPDX-License-Identifier: Apache-2.0 */
/* The cache without a compiler: what is kept and found again, and what is not taken from a directory that others had a hand in. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/cache.h>

#include "cache/cache.h"
#include "cache/key.h"

static char root[64], directory[128];
static const char object[] = "the object";

static int make_root(void **state)
{
	strcpy(root, "/tmp/bcc-test-cache.XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(directory, sizeof(directory), "%s/cache", root);
	setenv("BCC_CACHE_DIR", directory, 1);
	setenv("BCC_CACHE", "1", 1);
	unsetenv("BCC_CACHE_SIZE");
	return 0;
}

static int remove_root(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

/* ---- one compilation, as compile.c has it ---- */

static int tracefs_calls;

static int no_tracefs(void *ctx)
{
	tracefs_calls++;
	return -ENOENT;
}

static char said[256];

static void say(void *ctx, int level, const char *text)
{
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%d:%s;", level, text);
}

static const struct bcc_cache_user user = {no_tracefs, say, NULL};

static struct bcc_compile_request request_of(const char *text)
{
	return (struct bcc_compile_request){.abi = BCC_COMPILER_ABI, .name = "text.c", .text = text};
}

static bool find(const struct bcc_compile_request *request)
{
	struct bcc_cache cache;
	void *found = NULL;
	size_t size = 0;
	bool hit;

	said[0] = '\0';
	bcc_cache_begin(&cache, request, "/compiler");
	hit = bcc_cache_find(&cache, &user, &found, &size);
	if (hit) {
		assert_int_equal(size, sizeof(object));
		assert_memory_equal(found, object, size);
	}
	free(found);
	bcc_cache_end(&cache);
	return hit;
}

static bool find_text(const char *text)
{
	struct bcc_compile_request request = request_of(text);

	return find(&request);
}

static void keep(const struct bcc_compile_request *request, void (*depend)(const struct bcc_dependencies *to))
{
	struct bcc_cache cache;
	struct bcc_dependencies to = {bcc_record_dependency, &cache.record};

	bcc_cache_begin(&cache, request, "/compiler");
	if (depend)
		depend(&to);
	bcc_cache_keep(&cache, object, sizeof(object));
	bcc_cache_end(&cache);
}

static void keep_text(const char *text)
{
	struct bcc_compile_request request = request_of(text);

	keep(&request, NULL);
}

/* The file of the text's entry. */
static const char *entry_of(const char *text)
{
	struct bcc_compile_request request = request_of(text);
	static char path[256];
	struct bcc_cache cache;

	bcc_cache_begin(&cache, &request, "/compiler");
	snprintf(path, sizeof(path), "%s/%s", directory, cache.name);
	bcc_cache_end(&cache);
	return path;
}

static size_t read_file(const char *path, char *data, size_t room)
{
	FILE *file = fopen(path, "r");
	size_t size;

	assert_non_null(file);
	size = fread(data, 1, room, file);
	fclose(file);
	return size;
}

static void write_file(const char *path, const char *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static size_t count(void)
{
	struct bcc_cache_info info = {.size = sizeof(info)};

	assert_int_equal(bcc_cache_info(&info), 0);
	return info.objects;
}

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
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
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
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		r.cflags = &kept[i];
		assert_true(bcc_key_possible(&r));
	}
	for (size_t i = 0; i < sizeof(not_kept) / sizeof(not_kept[0]); i++) {
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

/* As it is when a file was not written just now. */
static void make_old(const char *path)
{
	struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_contents_of_files(void **state)
{
	struct stat before, after;

	snprintf(header, sizeof(header), "%s/header.h", root);
	write_file(header, "1", 1);
	make_old(header);
	assert_true(keep_and_find(depend_on_header));
	/* touched only */
	write_file(header, "1", 1);
	assert_true(find_text("a"));
	/* another content of the same size and time of writing */
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
	/* that there is none */
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
	assert_int_equal(identity.inode, 0); /* written just now: a second write could look the same */
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

/* Parts whose checksum is right and whose lengths are not. */
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
		/* whatever it reads, it is within the copy: sanitizers watch */
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
	/* the link is replaced, what it led to is not written to */
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
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(directory, modes[i]), 0);
		assert_false(find_text("a"));
		keep_text("b");
		assert_int_equal(bcc_cache_info(&info), -EPERM);
		assert_string_equal(info.directory, directory);
		assert_int_equal(bcc_cache_clear(), -EPERM);
	}
	assert_int_equal(chmod(directory, 0755), 0); /* read by others: why not */
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
	assert_false(find_text("a")); /* and does not wait */
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

/* ---- size, place, switch ---- */

static void test_oldest_go_first(void **state)
{
	static char text[40][60000];
	char other[160];

	setenv("BCC_CACHE_SIZE", "1", 1);
	snprintf(other, sizeof(other), "%s/notes.txt", directory);
	for (int i = 0; i < 40; i++) {
		struct timespec times[2] = {{.tv_sec = 1000000000 + i}, {.tv_sec = 1000000000 + i}};

		memset(text[i], 'a' + i % 26, sizeof(text[i]) - 1);
		text[i][0] = '0' + i;
		keep_text(text[i]);
		if (i == 0) {
			write_file(other, "mine", 4);
			make_old(other);
		}
		if (i < 10)
			assert_int_equal(utimensat(AT_FDCWD, entry_of(text[i]), times, 0), 0);
		if (i == 10)
			assert_true(find_text(text[0])); /* which makes it the last used one */
	}
	assert_in_range(count(), 12, 17);
	assert_true(find_text(text[39]));
	assert_false(find_text(text[1]));
	assert_int_equal(access(other, F_OK), 0);
	/* larger than all that there may be */
	setenv("BCC_CACHE_SIZE", "0", 1);
	keep_text("a");
	assert_false(find_text("a"));
	setenv("BCC_CACHE_SIZE", "much", 1);
	assert_int_equal(bcc_cache_limit(), 128 << 20);
	assert_true(bcc_cache_clear() > 0);
	assert_int_equal(access(other, F_OK), 0);
}

static void test_used_ones_stay(void **state)
{
	static char text[3][400000];

	setenv("BCC_CACHE_SIZE", "1", 1);
	for (int i = 0; i < 2; i++) {
		memset(text[i], 'a' + i, sizeof(text[i]) - 1);
		keep_text(text[i]);
		make_old(entry_of(text[i]));
	}
	assert_true(find_text(text[0]));
	memset(text[2], 'c', sizeof(text[2]) - 1);
	keep_text(text[2]);
	assert_true(find_text(text[0]));
	assert_false(find_text(text[1]));
	assert_true(find_text(text[2]));
}

/* Also where a clock that was set back has left entries of times to come. */
static void test_new_one_stays(void **state)
{
	static char text[3][400000];

	setenv("BCC_CACHE_SIZE", "1", 1);
	for (int i = 0; i < 3; i++) {
		struct timespec times[2] = {
			{.tv_sec = time(NULL) + 1000 + i}, {.tv_sec = time(NULL) + 1000 + i}};

		memset(text[i], 'a' + i, sizeof(text[i]) - 1);
		keep_text(text[i]);
		if (i < 2)
			assert_int_equal(utimensat(AT_FDCWD, entry_of(text[i]), times, 0), 0);
	}
	assert_true(find_text(text[2]));
	assert_false(find_text(text[0]));
}

static void test_places(void **state)
{
	char path[4096], *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;

	setenv("BCC_CACHE_DIR", "", 1);
	setenv("XDG_CACHE_HOME", "/elsewhere", 1);
	assert_int_equal(bcc_cache_path(path, sizeof(path)), 0);
	assert_string_equal(path, geteuid() ? "/elsewhere/bcc" : "/var/cache/bcc");
	unsetenv("XDG_CACHE_HOME");
	setenv("HOME", "/home/somebody", 1);
	assert_int_equal(bcc_cache_path(path, sizeof(path)), 0);
	assert_string_equal(path, geteuid() ? "/home/somebody/.cache/bcc" : "/var/cache/bcc");
	setenv("BCC_CACHE_DIR", "/there", 1);
	assert_int_equal(bcc_cache_path(path, sizeof(path)), 0);
	assert_string_equal(path, "/there");
	setenv("BCC_CACHE_DIR", "/there//", 1);
	assert_int_equal(bcc_cache_path(path, sizeof(path)), 0);
	assert_string_equal(path, "/there");
	assert_int_equal(bcc_cache_path(path, 3), -ENAMETOOLONG);
	setenv("BCC_CACHE", "0", 1);
	assert_int_equal(bcc_cache_path(path, sizeof(path)), -ENOENT);
	if (home)
		setenv("HOME", home, 1);
	free(home);
}

/* The program was built with another version's header. */
static void test_info_of_other_versions(void **state)
{
	struct {
		struct bcc_cache_info info;
		uint64_t newer;
	} larger = {.info.size = sizeof(larger), .newer = 1};
	struct bcc_cache_info older = {.size = offsetof(struct bcc_cache_info, bytes), .bytes = 1};

	keep_text("a");
	assert_int_equal(bcc_cache_info(&larger.info), 0);
	assert_int_equal(larger.info.size, sizeof(larger));
	assert_int_equal(larger.info.objects, 1);
	assert_int_equal(larger.newer, 0);
	assert_int_equal(bcc_cache_info(&older), 0);
	assert_int_equal(older.objects, 1);
	assert_int_equal(older.bytes, 1);
}

static void test_off(void **state)
{
	struct bcc_cache_info info = {.size = sizeof(info)};

	keep_text("a");
	setenv("BCC_CACHE", "0", 1);
	assert_false(find_text("a"));
	keep_text("b");
	assert_int_equal(bcc_cache_info(&info), 0);
	assert_null(info.directory);
	setenv("BCC_CACHE", "1", 1);
	assert_true(find_text("a"));
	assert_false(find_text("b"));
	info.size = 0;
	assert_int_equal(bcc_cache_info(&info), -EINVAL);
}

/* ---- several at once ---- */

/* Each keeps and looks: what is found is always whole. */
static void test_race(void **state)
{
	enum { CHILDREN = 4, ROUNDS = 300 };
	pid_t children[CHILDREN];
	int status, good = 0;

	for (int c = 0; c < CHILDREN; c++) {
		children[c] = fork();
		assert_true(children[c] >= 0);
		if (children[c])
			continue;
		setenv("BCC_CACHE_SIZE", c == 0 ? "1" : "128", 1);
		for (int i = 0; i < ROUNDS; i++) {
			char text[8];

			snprintf(text, sizeof(text), "%d", i % 5);
			keep_text(text);
			/* another may have emptied it */
			if (!find_text(text) && c != 0 && i % 50 == 0)
				keep_text(text);
			if (c == 1 && i % 20 == 0)
				bcc_cache_clear();
		}
		_exit(0);
	}
	for (int c = 0; c < CHILDREN; c++) {
		assert_int_equal(waitpid(children[c], &status, 0), children[c]);
		good += status == 0;
	}
	assert_int_equal(good, CHILDREN);
	keep_text("a");
	assert_true(find_text("a"));
	for (int i = 0; i < 5; i++) {
		char text[8];

		snprintf(text, sizeof(text), "%d", i);
		keep_text(text);
		assert_true(find_text(text));
	}
	assert_int_equal(count(), 6); /* nothing half-written is left */
}

int main(void)
{
#define CACHE_TEST(f) cmocka_unit_test_setup_teardown(f, make_root, remove_root)
	const struct CMUnitTest tests[] = {
		CACHE_TEST(test_found_again),
		CACHE_TEST(test_every_part_of_the_request),
		CACHE_TEST(test_environment),
		CACHE_TEST(test_flags_that_name_files),
		CACHE_TEST(test_messages_are_repeated),
		CACHE_TEST(test_contents_of_files),
		CACHE_TEST(test_old_files_by_identity),
		CACHE_TEST(test_other_dependencies),
		CACHE_TEST(test_every_damaged_byte),
		CACHE_TEST(test_lengths_that_lie),
		CACHE_TEST(test_swapped_entries),
		CACHE_TEST(test_links_are_not_followed),
		CACHE_TEST(test_writable_by_others),
		CACHE_TEST(test_of_another_owner),
		CACHE_TEST(test_what_is_no_file),
		CACHE_TEST(test_oldest_go_first),
		CACHE_TEST(test_used_ones_stay),
		CACHE_TEST(test_new_one_stays),
		CACHE_TEST(test_places),
		CACHE_TEST(test_info_of_other_versions),
		CACHE_TEST(test_off),
		CACHE_TEST(test_race),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
