/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as lines, and flame graphs of them. */
#include <errno.h>

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

static void check_unfold(const char *line, unsigned count, uint64_t weight)
{
	struct stack_path path = {0};
	uint64_t found = 0;
	bool is_path = stack_path_unfold(&path, line, &found);

	assert_int_equal(is_path, count > 0);
	if (is_path) {
		struct buffer b = {0};

		assert_int_equal(path.count, count);
		assert_int_equal(found, weight);
		stack_path_fold(&path, found, &b);
		buffer_add(&b, "", 1);
		b.data[b.size - 2] = '\0';
		assert_string_equal(b.data, line);
		buffer_free(&b);
	}
	stack_path_free(&path);
}

/* Lines as paths, which make the same lines. */
static void test_unfold(void **state)
{
	size_t deep = 2UL * STACK_PATH_DEEPEST + 3;
	char *line = malloc(deep);

	check_unfold("sh;main;f(int, char) 12", 3, 12);
	check_unfold("alone 18446744073709551615", 1, UINT64_MAX);
	check_unfold("f [inlined];a;;b 0", 4, 0);
	check_unfold("alone 18446744073709551616", 0, 0);
	check_unfold("", 0, 0);
	check_unfold(" 1", 0, 0);
	check_unfold("12", 0, 0);
	check_unfold("a;b", 0, 0);
	check_unfold("a;b x", 0, 0);
	check_unfold("a;b -1", 0, 0);
	check_unfold("a;b 1x", 0, 0);
	check_unfold("a;b ", 0, 0);
	/* as deep as it may be, and deeper */
	assert_non_null(line);
	memset(line, ';', deep);
	strcpy(line + STACK_PATH_DEEPEST - 1, "a 1");
	check_unfold(line, STACK_PATH_DEEPEST, 1);
	memset(line, ';', deep);
	strcpy(line + STACK_PATH_DEEPEST, "a 1");
	check_unfold(line, 0, 0);
	free(line);
}

static int compare(struct flame *f, const char *lines, uint64_t *line)
{
	FILE *in = fmemopen((char *)lines, strlen(lines), "r");
	int ret;

	assert_non_null(in);
	ret = flame_compare(f, in, line);
	fclose(in);
	return ret;
}

/* What takes a larger share is red, what takes a smaller one blue, and what has gone is there too. */
static void test_difference(void **state)
{
	struct stack_path path = {0};
	struct flame *f = flame_new();
	uint64_t line;
	char *svg;

	flame_set_icicle(f);
	assert_int_equal(compare(f, "s:h;main;f 10\n\ns:h;main;g 10\r\ns:h;main;gone 20\n", &line), 0);
	make(&path, "s;h", "main", "f");
	flame_add(f, &path, 30);
	make(&path, "s;h", "main", "g");
	flame_add(f, &path, 10);
	svg = draw(f);
	assert_non_null(strstr(svg, "data-icicle=\"1\" data-compares=\"1\""));
	assert_non_null(strstr(svg, "<title>s:h (40 samples, 100.00%; before 100.00%)</title>"));
	/* all that differs, by 50 %, 50 % and nothing */
	assert_non_null(strstr(svg,
		"data-b=\"0\" data-w=\"30\" data-d=\"3\" data-before-b=\"0\" data-before-w=\"10\">"
		"<title>f (30 samples, 75.00%; before 25.00%)</title>"
		"<rect x=\"10.00\" y=\"111\" width=\"885.00\" height=\"16\" fill=\"hsl(0,90%,52%)\"/>"));
	assert_non_null(strstr(svg, "<title>g (10 samples, 25.00%; before 25.00%)</title>"));
	assert_non_null(strstr(svg, "data-before-b=\"20\" data-before-w=\"20\" style=\"display:none\">"
				    "<title>gone (0 samples, 0.00%; before 50.00%)</title>"));
	assert_non_null(strstr(svg, "fill=\"hsl(220,90%,52%)\""));
	free(svg);
	flame_free(f);
	stack_path_free(&path);
}

static void test_wrong_baseline(void **state)
{
	static const char *const wrong[] = {"a 1\nb\n", "a 1\n1\n", "a 1\na 18446744073709551615\n"};
	uint64_t line;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct flame *f = flame_new();

		assert_int_equal(compare(f, wrong[i], &line), -EINVAL);
		assert_int_equal(line, 2);
		flame_free(f);
	}
}

/* A picture for scripts/flamegraph-browser, which knows what is counted in it. */
static int write_picture(const char *name)
{
	struct stack_path path = {0};
	struct flame *f = flame_new();
	FILE *out = fopen(name, "w");
	uint64_t line;
	int ret;

	if (!out || compare(f, "sh;main;f 25\nsh;main;gone 75\n", &line))
		return EXIT_FAILURE;
	make(&path, "sh", "main", "f");
	flame_add(f, &path, 50);
	make(&path, "sh", "main", "g<int>");
	flame_add(f, &path, 30);
	make(&path, "sh", "other", NULL);
	flame_add(f, &path, 20);
	ret = flame_write(f, out, "a <title>", "samples");
	flame_free(f);
	stack_path_free(&path);
	return fclose(out) || ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_picture),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_unfold),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_wrong_baseline),
	};

	if (argc > 1)
		return write_picture(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
