/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as lines, and flame graphs of them. */
#include "tool_description.h"

#include "tools/lib/flame.h"

static void make(struct stack_path *path, const char *a, const char *b, const char *c)
{
	const char *names[] = {a, b, c};

	stack_path_clear(path);
	for (int i = 0; i < 3 && names[i]; i++)
		stack_path_add(path, STACK_PATH_USER, names[i], strlen(names[i]));
}

static void check_line(struct stack_path *path, uint64_t weight, const char *expected)
{
	struct buffer b = {0};

	stack_path_fold(path, weight, &b);
	buffer_char(&b, '\0');
	assert_string_equal(b.data, expected);
	buffer_free(&b);
}

static void test_lines(void **state)
{
	struct stack_path path = {0};

	make(&path, "sh", "main", "f(int, char)");
	check_line(&path, 12, "sh;main;f(int, char) 12\n");
	make(&path, "a;b", "c\nd", "\x1b[2J");
	check_line(&path, 1, "a:b;c\\nd;\\x1b[2J 1\n");
	make(&path, "alone", NULL, NULL);
	check_line(&path, UINT64_MAX, "alone 18446744073709551615\n");
	stack_path_free(&path);
}

static char *draw(struct flame *f)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(flame_write(f, out, "a <title>", "samples"), 0);
	fclose(out);
	return text;
}

static void test_picture(void **state)
{
	struct stack_path path = {0};
	struct flame *f = flame_new();
	char *svg;

	make(&path, "sh", "main", "f");
	flame_add(f, &path, 30);
	make(&path, "sh", "main", "g<int>");
	flame_add(f, &path, 10);
	make(&path, "sh", "main", "f");
	flame_add(f, &path, 60);
	svg = draw(f);
	/* names in their order, above what calls them */
	assert_non_null(
		strstr(svg, "data-b=\"0\" data-w=\"100\" data-d=\"0\"><title>all (100 samples, 100.00%)<"));
	assert_non_null(
		strstr(svg, "data-b=\"0\" data-w=\"100\" data-d=\"2\"><title>main (100 samples, 100.00%)<"));
	assert_non_null(
		strstr(svg, "data-b=\"0\" data-w=\"90\" data-d=\"3\"><title>f (90 samples, 90.00%)<"));
	assert_non_null(strstr(
		svg, "data-b=\"90\" data-w=\"10\" data-d=\"3\"><title>g&lt;int&gt; (10 samples, 10.00%)<"));
	assert_non_null(strstr(svg, "a &lt;title&gt;"));
	assert_non_null(strstr(svg, "]]></script>\n</svg>\n"));
	assert_null(strstr(svg, "g<int>"));
	free(svg);
	flame_free(f);
	stack_path_free(&path);
}

/* Nothing, and what is too narrow to be seen. */
static void test_extremes(void **state)
{
	struct stack_path path = {0};
	struct flame *f = flame_new();
	char *svg = draw(f);

	assert_non_null(strstr(svg, "</svg>\n"));
	free(svg);
	make(&path, "wide", NULL, NULL);
	flame_add(f, &path, 10000000);
	make(&path, "narrow", NULL, NULL);
	flame_add(f, &path, 1);
	svg = draw(f);
	assert_non_null(strstr(svg, "<title>wide ("));
	assert_null(strstr(svg, "<title>narrow ("));
	free(svg);
	flame_free(f);
	stack_path_free(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_picture),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
