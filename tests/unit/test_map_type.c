/* SPDX-License-Identifier: Apache-2.0 */
/* The list of map types compared with the names and numbers that libbpf knows. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <bpf/libbpf.h>
#include <cmocka.h>

#include "common/array.h"
#include "libbcc/kernel/map_type.h"

#define ROW(NAME, NUMBER, WORDS, SHAPE, TRAITS) {#NAME, NUMBER, WORDS, BCC_SHAPE_##SHAPE, TRAITS},

static const struct row {
	const char *name;
	uint32_t number;
	const char *words;
	enum bcc_map_shape shape;
	unsigned traits;
} rows[] = {BCC_MAP_TYPES(ROW)};

static const char *lower(const char *name)
{
	static char text[64];
	size_t i;

	for (i = 0; name[i] && i < sizeof(text) - 1; i++)
		text[i] = (char)tolower((unsigned char)name[i]);
	text[i] = '\0';
	return text;
}

static void test_names_are_libbpfs(void **state)
{
	uint32_t known = 0;

	for (uint32_t number = 1; libbpf_bpf_map_type_str(number); number++, known++) {
		assert_true(number <= ARRAY_SIZE(rows));
		assert_int_equal(rows[number - 1].number, number);
		assert_string_equal(lower(rows[number - 1].name), libbpf_bpf_map_type_str(number));
	}
	assert_true(known >= 31);
}

static void test_rows_are_found(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(bcc_map_type(rows[i].number).shape, rows[i].shape);
		assert_int_equal(bcc_map_type(rows[i].number).traits, rows[i].traits);
	}
	assert_true(bcc_map_has(BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, BCC_MAP_PERCPU));
	assert_false(bcc_map_has(BPF_MAP_TYPE_CGROUP_STORAGE, BCC_MAP_PERCPU));
}

static void test_unknown_types(void **state)
{
	const uint32_t unknown[] = {0, ARRAY_SIZE(rows) + 1, BCC_MAP_TYPE_EXTERN, UINT32_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		assert_int_equal(bcc_map_type(unknown[i]).shape, BCC_SHAPE_KEYED);
		assert_int_equal(bcc_map_type(unknown[i]).traits, 0);
	}
}

/* the kernel's names tell which types are per-CPU, and each word stands for one type */
static void test_rows_make_sense(void **state)
{
	char words[1024] = " ";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char copy[128], *rest = copy;

		assert_int_equal(!!strstr(rows[i].name, "PERCPU"), !!(rows[i].traits & BCC_MAP_PERCPU));
		snprintf(copy, sizeof(copy), "%s", rows[i].words);
		for (const char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
			char spaced[128];

			snprintf(spaced, sizeof(spaced), " %s ", word);
			assert_null(strstr(words, spaced));
			strncat(words, spaced + 1, sizeof(words) - strlen(words) - 1);
		}
	}
	assert_non_null(strstr(words, " perf_array "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_libbpfs),
		cmocka_unit_test(test_rows_are_found),
		cmocka_unit_test(test_unknown_types),
		cmocka_unit_test(test_rows_make_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
