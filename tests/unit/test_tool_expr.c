/* SPDX-License-Identifier: Apache-2.0 */
/* What users ask of trace and argdist: at which column it is wrong, how values are printed, and what programs
 * need. test_compile_tool_expr.c compiles them. */
#include "tool_description.h"
#include "tool_expr_lines.h"

#include <errno.h>
#include <stdio.h>

#include "common/array.h"
#include "tools/lib/debug_info.h"
#include "tools/lib/expr/program.h"

/* ---- debug information ---- */

static bool asks_rarely;

struct btf *__real_debug_info_types(const char *path, const char *function, const char *prefix);
struct btf *__wrap_debug_info_types(const char *path, const char *function, const char *prefix);

/* For each answer a library's debug information is unpacked, which takes far longer than the programs. */
struct btf *__wrap_debug_info_types(const char *path, const char *function, const char *prefix)
{
	static unsigned count;

	return asks_rarely && ++count % 100 ? NULL : __real_debug_info_types(path, function, prefix);
}

/* ---- errors ---- */

struct wrong {
	const char *text;
	unsigned column;
};

static void check_wrong(
	const struct wrong *wrong, int (*read)(struct spec *s, const char *text, struct probe_error *error))
{
	struct probe_error error = {0};
	struct buffer programs = {0};
	struct program p;
	struct spec s;
	int ret = read(&s, wrong->text, &error);

	if (!ret) {
		ret = program_write(&programs, &s, "p", 1, &(struct program_options){0}, &p, &error);
		spec_free(&s);
		buffer_free(&programs);
	}
	if (ret != -EINVAL)
		fail_msg("%s is accepted", wrong->text);
	if (error.column != wrong->column || !*error.why)
		fail_msg("%s: column %u, not %u: %s", wrong->text, error.column, wrong->column, error.why);
}

static void test_trace_errors(void **state)
{
	static const struct wrong cases[] = {
		/* the probe */
		{"", 1},
		{"p:", 3},
		{"  x:c:f", 3},
		{"vfs_*", 5},
		{"t:sched:*", 9},
		/* arguments */
		{"c:f(int", 8},
		{"c:f(int a, int a)", 16},
		{"c:f(int a b)", 11},
		{"c:f(arg1 == 1)", 10},
		{"c:f(struct)", 5},
		{"c:f(int a,)", 11},
		{"t:a:b(int x)", 6},
		{"u:c:b(int x)", 6},
		/* the condition */
		{"c:f (", 6},
		{"c:f ()", 6},
		{"c:f (arg1", 10},
		{"c:f (arg1 arg2)", 11},
		{"c:f (arg1 = 1)", 11},
		{"c:f (arg1++)", 10},
		{"c:f (--arg1)", 6},
		{"c:f (arg1 +)", 12},
		{"c:f (1 ? 2)", 11},
		{"c:f (1.5 > arg1)", 6},
		{"c:f (0x > arg1)", 6},
		{"c:f (08 > arg1)", 6},
		{"c:f (12abc)", 6},
		{"c:f (18446744073709551616)", 6},
		{"c:f (0x1ffffffffffffffff)", 6},
		{"c:f ((int)`)", 11},
		{"c:f ((int)1.5)", 11},
		{"c:f (a->)", 9},
		{"c:f (a[1)", 9},
		{"c:f (arg1@kernel)", 10},
		{"c:f (arg1 `)", 11},
		{"c:f ($ == 1)", 6},
		{"c:f (\"x\" == arg1)", 6},
		{"c:f (STRCMP(arg1))", 6},
		{"c:f (STRCMP(\"a\", arg1, 1))", 6},
		{"c:f (STRCMP(\"a\\q\", arg1))", 15},
		{"c:f (STRCMP(\"a, arg1))", 13},
		{"c:f ('ab' == arg1)", 8},
		{"c:f ('' == arg1)", 6},
		{"c:f (1) (2)", 9},
		{"c:f (1) && (2) \"\"", 9},
		/* what a probe does not have */
		{"c:f (arg0)", 6},
		{"c:f (arg10)", 6},
		{"c:f (arg01)", 6},
		{"u:c:f (arg13)", 8},
		{"c:f (retval)", 6},
		{"c:f ($retval)", 6},
		{"c:f ($latency > 1)", 6},
		{"c:f ($entry(a) > 1)", 6},
		{"r:c:f ($entry(a) > 1)", 15},
		{"r:c:f ($entry > 1)", 8},
		{"r:c:f ($entry(1))", 15},
		{"r:c:f ($pid(1))", 8},
		{"c:f ($nothing)", 6},
		{"c:f (args->x)", 6},
		{"c:f(double x, int n) (x)", 23},
		{"c:f(long double x, int n) (n)", 28},
		{"c:f(struct pair p, int n) (n)", 28},
		{"c:f+4 (arg7)", 8},
		{"sys_read (arg7)", 11},
		{"t:a:b-c", 6},
		{"t:a:b{} (args->x)", 6},
		{"t:a:b (arg1)", 8},
		{"t:a:b (ctx->di)", 8},
		{"t:a:b (retval)", 8},
		{"c:f(int a,int b,int c,int d,int e,int f,int g,int h,int i,int j) (j)", 67},
		/* the format */
		{"c:f arg1", 5},
		{"c:f \"%d\"", 6},
		{"c:f \"%d %d\", arg1", 9},
		{"c:f \"%d\", arg1, arg2", 17},
		{"c:f \"%d\", arg1 arg2", 16},
		{"c:f \"%d\", (arg1", 16},
		{"c:f \"x", 5},
		{"c:f \"%y\", arg1", 6},
		{"c:f \"a%\"", 7},
		{"c:f \"%*d\", arg1", 7},
		{"c:f \"%9999d\", arg1", 7},
		{"c:f \"%ls\", arg1", 6},
		{"c:f \"\\z\"", 6},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_wrong(&cases[i], spec_read_trace);
}

static int read_count(struct spec *s, const char *text, struct probe_error *error)
{
	return spec_read_argdist(s, text, false, error);
}

static int read_histogram(struct spec *s, const char *text, struct probe_error *error)
{
	return spec_read_argdist(s, text, true, error);
}

static void test_argdist_errors(void **state)
{
	static const struct wrong counts[] =
		{
			{"p:c:f", 6},
			{"p:c:f:int:arg1", 15},
			{"p:c:f(", 7},
			{"p:c:f():", 9},
			{"p:c:f():int", 12},
			{"p:c:f():int:", 13},
			{"p:c:f():5:arg1", 9},
			{"p:c:f():int,int:arg1", 13},
			{"p:c:f():int:arg1,arg2", 18},
			{"p:c:f():int:arg1:", 18},
			{"p:c:f():int:arg1:arg2:arg3", 22},
			{"p:c:f() x", 9},
			{"p:c:f():int:$retval", 13},
			{"p:c:f(int a):int:b ? :1", 22},
			{"p:c:f():int:1:0x", 15},
			{"t:a;b:c()", 4},
		},
				  histograms[] = {
					  {"p:c:f()", 8},
					  {"p:c:f():int,int:arg1,arg2", 22},
					  {"p:c:f():char*:arg1", 9},
				  };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		check_wrong(&counts[i], read_count);
	for (size_t i = 0; i < ARRAY_SIZE(histograms); i++)
		check_wrong(&histograms[i], read_histogram);
}

/* Whatever is nested or long ends with an error, not with the stack. */
static void test_depth(void **state)
{
	static const char *const repeated[] = {
		"(", "!", "1+", "a->", "a[", "1?1:", "(int)", "sizeof ", "f(", "f(1,"};

	for (size_t i = 0; i < ARRAY_SIZE(repeated); i++) {
		struct buffer text = {0};
		struct probe_error error;
		struct spec s;

		buffer_text(&text, "c:f (");
		for (int n = 0; n < 100000; n++)
			buffer_text(&text, repeated[i]);
		buffer_char(&text, '\0');
		assert_int_equal(spec_read_trace(&s, text.data, &error), -EINVAL);
		buffer_free(&text);
	}
}

/* ---- printing ---- */

static void check_number(const char *format, uint64_t value, const char *expected)
{
	char text[64];
	struct probe_error error;
	struct buffer printed = {0};
	struct spec s;

	snprintf(text, sizeof(text), "c:f \"%s\", arg1", format);
	assert_int_equal(spec_read_trace(&s, text, &error), 0);
	buffer_add(&printed, s.format.conversions[0].before, s.format.conversions[0].before_size);
	format_add_number(&printed, &s.format.conversions[0], value);
	buffer_add(&printed, s.format.after, s.format.after_size);
	buffer_char(&printed, '\0');
	assert_string_equal(printed.data, expected);
	buffer_free(&printed);
	spec_free(&s);
}

static void check_text(const char *format, const char *value, const char *expected)
{
	char text[64];
	struct probe_error error;
	struct buffer printed = {0};
	struct spec s;

	snprintf(text, sizeof(text), "c:f \"%s\", arg1", format);
	assert_int_equal(spec_read_trace(&s, text, &error), 0);
	assert_int_equal(s.values[0].is_text, s.format.conversions[0].kind == FORMAT_TEXT);
	format_add_text(&printed, &s.format.conversions[0], value, 80);
	buffer_add(&printed, s.format.after, s.format.after_size);
	buffer_char(&printed, '\0');
	assert_string_equal(printed.data, expected);
	buffer_free(&printed);
	spec_free(&s);
}

static void test_formats(void **state)
{
	check_number("%d", (uint64_t)-5, "-5");
	check_number("%lld", 1ULL << 40, "1099511627776");
	check_number("%hhi|", (uint64_t)-1, "-1|");
	check_number("a %u b", 7, "a 7 b");
	check_number("%x", 0xdead, "dead");
	check_number("%#lX", 0xdead, "0XDEAD");
	check_number("%08llx", 0xbeef, "0000beef");
	check_number("%-6zu|", 42, "42    |");
	check_number("%+5d|", 42, "  +42|");
	check_number("%.3d", 7, "007");
	check_number("%o", 8, "10");
	check_number("%c", 'x', "x");
	check_number("%3c|", 'x', "  x|");
	check_number("%p", 0x7f00, "0x7f00");
	check_number("%10p|", 0x7f00, "    0x7f00|");
	check_number("100%% %d\\n\\x41\\101\\\\", 1, "100% 1\nAA\\");
	check_text("%s", "abc", "abc");
	check_text("%5s|", "abc", "  abc|");
	check_text("%-5s|", "abc", "abc  |");
	check_text("%.2s", "abc", "ab");
	check_text("%K", "f+0x10", "f+0x10");
	check_text("%U", "f", "f");
}

/* ---- programs ---- */

static const struct {
	const char *text;
	const char *name, *entry_name;
	uint32_t size;
} programs[] = {
	{"c:f", "p1", NULL, 0},
	{"c:f \"%d %s %hhu\", arg1, arg2, arg3", "p1", NULL, 104},
	{"sys_open \"%s\", arg1", "syscall__p1", NULL, 88},
	{"__x64_sys_open \"%s\", arg1", "syscall__p1", NULL, 88},
	{"sys_no_such_call \"%s\", arg1", "p1", NULL, 88},
	{"r:c:f", "p1", NULL, 0},
	{"r:c:f \"%d\", retval", "p1", NULL, 8},
	{"r:c:f ($latency > 5) \"%d\", retval", "p1", "p1_entry", 8},
	{"r:c:f \"%d\", arg1", "p1", "p1_entry", 8},
	{"r:c:f(int a) \"%d\", a", "p1", "p1_entry", 8},
	{"r::sys_open(char *a) \"%s\", a", "p1", "syscall__p1_entry", 88},
};

static void test_programs(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct buffer text = {0};
		struct probe_error error;
		struct program p;
		struct spec s;

		assert_int_equal(spec_read_trace(&s, programs[i].text, &error), 0);
		assert_int_equal(program_write(&text, &s, "p1", 1, &(struct program_options){.text_size = 85},
					 &p, &error),
			0);
		assert_string_equal(p.name, programs[i].name);
		assert_int_equal(!p.entry_name, !programs[i].entry_name);
		if (p.entry_name)
			assert_string_equal(p.entry_name, programs[i].entry_name);
		assert_int_equal(p.size, programs[i].size);
		program_free(&p);
		buffer_free(&text);
		spec_free(&s);
	}
}

/* An address, whether the memory there could be read, and the memory. */
static void test_memory(void **state)
{
	struct buffer text = {0};
	struct probe_error error;
	struct program p;
	struct spec s;

	assert_int_equal(spec_read_trace(&s, "c:f \"%llx %d\", arg1, arg2", &error), 0);
	s.values[0].memory = 20;
	assert_int_equal(program_write(&text, &s, "p1", 1, &(struct program_options){0}, &p, &error), 0);
	assert_int_equal(p.fields[0].memory, 20);
	assert_int_equal(p.fields[1].memory, 0);
	assert_int_equal(p.fields[1].offset, 8 + 8 + 24);
	assert_int_equal(p.size, 8 + 8 + 24 + 8);
	buffer_char(&text, '\0');
	assert_non_null(strstr(text.data, "char memory0[20]"));
	assert_non_null(strstr(text.data, "expr_read_memory(expr_values->memory0"));
	assert_null(strstr(text.data, "expr_values->memory1"));
	program_free(&p);
	text.size = 0;
	s.values[0].memory_is_text = true;
	assert_int_equal(program_write(&text, &s, "p1", 1, &(struct program_options){0}, &p, &error), 0);
	buffer_char(&text, '\0');
	assert_non_null(strstr(text.data, "expr_read_text(expr_values->memory0"));
	program_free(&p);
	buffer_free(&text);
	spec_free(&s);
}

/* Takes out the lines that say where in the user's text the next word is, unless one is looked for. */
static void remove_marks(char *text, const char *part)
{
	char *mark;

	while (!strstr(part, "#line") && (mark = strstr(text, "\n#line ")) != NULL) {
		char *end = strchr(mark + 1, '\n') + 1;

		memmove(mark, end, strlen(end) + 1);
	}
}

/* Whether the program of a text contains this. */
static void check_contains(const char *asked, bool binary, const char *part)
{
	struct buffer text = {0};
	struct probe_error error;
	struct program p;
	struct spec s;

	assert_int_equal(spec_read_trace(&s, asked, &error), 0);
	if (program_write(
		    &text, &s, "p1", 1, &(struct program_options){.compares_binary = binary}, &p, &error))
		fail_msg("%s: column %u: %s", asked, error.column, error.why);
	buffer_char(&text, '\0');
	remove_marks(text.data, part);
	if (!strstr(text.data, part))
		fail_msg("%s\n%s\nhas no %s", asked, text.data, part);
	program_free(&p);
	buffer_free(&text);
	spec_free(&s);
}

static void test_texts(void **state)
{
	check_contains(
		"c:f (STRCMP(\"a\\\"\\x01?\", arg1))", false, "expr_is_text(\"a\\042\\001\\077\", 4, ");
	check_contains("c:f (STRCMP(arg1, \"a\"))", false, "expr_is_text(\"a\", 1, ");
	check_contains("c:f (STRSTR(\"a\", arg1))", true, "expr_has_text(\"a\", 1, ");
	check_contains("sys_setsockopt(int fd, int level, int optname, char* optval, int optlen)(level==0 && "
		       "optname == 1 && STRCMP(\"{0x6C, 0x00, 0x00, 0x00}\", optval))",
		true, "expr_has_bytes(\"l\\000\\000\\000\", 4, ");
	/* whose memory */
	check_contains("do_f \"%s\", arg2@user", false, "true);");
	check_contains("do_f \"%s\", arg2", false, "false);");
	check_contains("c:f \"%s\", arg2", false, "true);");
	check_contains("c:f \"%s\", $task->comm", false, "false);");
	check_contains("do_f(const char __user *name) \"%s\", name", false, "true);");
	check_contains("sys_open \"%s\", arg1", false, "true);");
	check_contains("c:f(struct x *a) \"%d\", a->b", false,
		"struct x __user * expr_in_a = EXPR_AS(expr_in_a, \"a\", expr_arg1);");
	check_contains("c:f \"%d\", ((struct x *)arg1)->b", false, "(struct x __user * )");
	check_contains("f \"%d\", ((struct x *)arg1)->b", false, "(struct x * )");
	check_contains("f (arg1 - 1 == (arg2) - 2)", false, "(((expr_arg1)- (1))== ((expr_arg2)- (2)))");
	/* where arguments are: floating-point numbers have registers of their own */
	check_contains("c:f(double x, int n, float y, char *s) \"%d\", n", false,
		"int expr_in_n = EXPR_AS(expr_in_n, \"n\", expr_arg1);");
	check_contains("c:f(double x, int n, float y, char *s) \"%s\", s", false,
		"EXPR_AS(expr_in_s, \"s\", expr_arg2);");
	check_contains("c:f(const char *names[], int n[2][3]) \"%d %s\", n[1][2], names[1]", false,
		"const char __user * __user *expr_in_names = ");
	check_contains("c:f(int n[2][3]) \"%d\", n[1][2]", false, "int (*expr_in_n)[3] = ");
	check_contains("c:f(int (*compare)(int, int)) \"%p\", compare", false,
		"int (*expr_in_compare)(int, int) = ");
	/* a parameter may be called as anything is */
	check_contains("c:f(int ctx) (ctx == 1)", false, "(expr_in_ctx)== (1)");
	check_contains("c:f\" (arg1)", false, "#line 7 \"f\\042, column\"\n");
	check_contains("t:a:b (STRCMP(\"x\", args->data_loc_name))", false,
		"expr_is_text(\"x\", 1, (const void *)(u64)((u64)args + (0xffff & ");
}

/* ---- hostile ---- */

static uint64_t random_state = 0x9e3779b97f4a7c15;

static unsigned random_below(unsigned limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % limit;
}

/* Takes out, puts in, repeats or replaces a part. `text` has room for 4096 bytes. */
static void mutate(char *text, const char *other)
{
	static const char *const parts[] = {"(", ")", "\"", "'", "\\", "%", "%s", "%-08.3llx", "->", "[", "]",
		"{", "@user", "$", "$entry(", "arg9", "*", "&", "?", ":", ",", "#", ";", "\n", "\t", "\x80",
		"sizeof", "(int)", "struct ", "STRCMP(", "18446744073709551616", "0x", "1.5", "+0x10",
		"t:", "u:", "r:", "float ", "char ", "__user", "...", "=", "++", "retval", "args->",
		"data_loc_"};
	size_t length = strlen(text), at = random_below(length + 1), size;
	const char *part = parts[random_below(ARRAY_SIZE(parts))];

	size = length - at > 1 ? random_below(length - at) : length - at;
	switch (random_below(5)) {
	case 0:
		memmove(text + at, text + at + size, length - at - size + 1);
		return;
	case 1:
		part = other + random_below(strlen(other));
		break;
	case 2:
		if (at < length)
			text[at] = (char)(1 + random_below(255));
		return;
	default:
		break;
	}
	size = strlen(part);
	if (length + size >= 4096)
		return;
	memmove(text + at + size, text + at, length - at + 1);
	memcpy(text + at, part, size);
}

/* Whatever is typed becomes a program, or a sentence that says where it is wrong. */
static void check_hostile(const char *text, int kind)
{
	struct probe_error error = {0};
	struct buffer programs = {0};
	struct program p;
	struct spec s;
	int ret = kind ? spec_read_argdist(&s, text, kind > 1, &error) : spec_read_trace(&s, text, &error);

	if (!ret) {
		/* the kernel's types are not what is tested here, and reading them takes time */
		if (s.probe.kind != PROBE_FUNCTION || s.has_signature)
			ret = program_write(&programs, &s, "p", 0,
				&(struct program_options){.compares_binary = kind & 1}, &p, &error);
		if (!ret && programs.size)
			program_free(&p);
		spec_free(&s);
		buffer_free(&programs);
	}
	if (ret && (ret != -EINVAL || !*error.why || !error.column || error.column > strlen(text) + 1))
		fail_msg("%s\n%d, column %u: %s", text, ret, error.column, error.why);
}

static void test_hostile(void **state)
{
	char text[4096];

	asks_rarely = true;
	for (unsigned round = 0; round < 40000; round++) {
		size_t a = random_below(ARRAY_SIZE(traces)), b = random_below(ARRAY_SIZE(distributions));
		bool is_trace = round % 2;

		strcpy(text, is_trace ? traces[a] : distributions[b].text);
		for (unsigned left = 1 + random_below(4); left; left--)
			mutate(text, is_trace ? distributions[b].text : traces[a]);
		check_hostile(text, is_trace ? 0 : 1 + (int)distributions[b].is_histogram);
	}
	asks_rarely = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_trace_errors),
		cmocka_unit_test(test_argdist_errors), cmocka_unit_test(test_depth),
		cmocka_unit_test(test_formats), cmocka_unit_test(test_programs),
		cmocka_unit_test(test_memory), cmocka_unit_test(test_texts), cmocka_unit_test(test_hostile)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
