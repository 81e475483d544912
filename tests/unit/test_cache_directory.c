/* SPDX-License-Identifier: Apache-2.0 */
/* The cache's directory: its size limit, its path, turning it off; and several processes using it at once. */
#include "small_cache.h"

#include <sys/wait.h>

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
			assert_true(find_text(text[0])); /* which makes it the most recently used */
	}
	assert_in_range(count(), 12, 17);
	assert_true(find_text(text[39]));
	assert_false(find_text(text[1]));
	assert_int_equal(access(other, F_OK), 0);
	/* larger than the limit */
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

/* Even if a clock that was set back has left entries from the future. */
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

/* Each process stores and looks up: what is found is always complete. */
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
			/* another process may have emptied it */
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
	assert_int_equal(count(), 6); /* no partial file is left */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
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
