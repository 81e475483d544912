/* SPDX-License-Identifier: Apache-2.0 */
/* A cache in a directory made anew for each test: texts are stored there, and found again. */
#ifndef TESTS_UNIT_SMALL_CACHE_H
#define TESTS_UNIT_SMALL_CACHE_H

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
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <bcc/cache.h>

#include "libbcc/cache/cache.h"
#include "cache_root.h"

static const char object[] = "the object";

#define CACHE_TEST(f) cmocka_unit_test_setup_teardown(f, make_root, remove_root)

/* ---- one compilation, as in compile/compile.c ---- */

static int tracefs_calls;

static inline int no_tracefs(void *ctx)
{
	tracefs_calls++;
	return -ENOENT;
}

static char said[256];

static inline void say(void *ctx, int level, const char *text)
{
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%d:%s;", level, text);
}

static const struct bcc_cache_user user = {no_tracefs, say, NULL};

static inline struct bcc_compile_request request_of(const char *text)
{
	return (struct bcc_compile_request){.abi = BCC_COMPILER_ABI, .name = "text.c", .text = text};
}

static inline bool find(const struct bcc_compile_request *request)
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

static inline bool find_text(const char *text)
{
	struct bcc_compile_request request = request_of(text);

	return find(&request);
}

static inline void keep(
	const struct bcc_compile_request *request, void (*depend)(const struct bcc_dependencies *to))
{
	struct bcc_cache cache;
	struct bcc_dependencies to = {bcc_record_dependency, &cache.record};

	bcc_cache_begin(&cache, request, "/compiler");
	if (depend)
		depend(&to);
	bcc_cache_keep(&cache, object, sizeof(object));
	bcc_cache_end(&cache);
}

static inline void keep_text(const char *text)
{
	struct bcc_compile_request request = request_of(text);

	keep(&request, NULL);
}

/* The file of the text's entry. */
static inline const char *entry_of(const char *text)
{
	struct bcc_compile_request request = request_of(text);
	static char path[256];
	struct bcc_cache cache;

	bcc_cache_begin(&cache, &request, "/compiler");
	snprintf(path, sizeof(path), "%s/%s", directory, cache.name);
	bcc_cache_end(&cache);
	return path;
}

static inline void write_file(const char *path, const char *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static inline size_t count(void)
{
	struct bcc_cache_info info = {.size = sizeof(info)};

	assert_int_equal(bcc_cache_info(&info), 0);
	return info.objects;
}

/* Gives a file an old time, as if it had not been written just now. */
static inline void make_old(const char *path)
{
	struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

#endif
