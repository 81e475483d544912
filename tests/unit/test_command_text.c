/* SPDX-License-Identifier: Apache-2.0 */
/* What bpfcc reads of texts by itself: short forms, and the comments beside variables. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "command/short_form.h"
#include "command/variable_comment.h"

/* ---- short forms ---- */

static void expect_text(const char *text, const char *expected)
{
	struct short_forms forms;

	assert_int_equal(short_forms_expand(&forms, text, 0), 0);
	assert_string_equal(forms.text, expected);
	short_forms_free(&forms);
}

static void expect_target(const char *text, const char *program, const char *target)
{
	struct short_forms forms;

	assert_int_equal(short_forms_expand(&forms, text, 0), 0);
	assert_int_equal(forms.count, 1);
	assert_string_equal(forms.targets[0].program, program);
	assert_string_equal(forms.targets[0].target, target);
	short_forms_free(&forms);
}

static void test_plain_c(void **state)
{
	static const char *const texts[] = {
		"",
		"int f(void *ctx) { return a ? b : c; }",
		"int f(void *ctx) { kprobe:goto kprobe; }",
		"/* kprobe:x { } */ int x; // kprobe:y { }\n",
		"char *s = \"kprobe:x { }\"; char c = '{', d = '\\'';",
		"#define P kprobe:x { \\\n kprobe:y }\nint x;",
		"struct s { int tracepoint:3; };",
		"int kprobe = 1; struct { int a; } usdt = { a: 1 };",
		"int k = 1 ? p : t; struct s { int k:3, p:4; }; void f(void) { u: goto u; }",
		"/* not closed",
		"\"not closed",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		expect_text(texts[i], texts[i]);
}

static void test_short_forms(void **state)
{
	(void)state;
	expect_text("kprobe:vfs_read { f(); }", "int kprobe_1(struct pt_regs *ctx) { f(); ; return 0; }");
	expect_text(
		"tracepoint:sched:sched_switch { }", "TRACEPOINT_PROBE(sched,sched_switch) { ; return 0; }");
	expect_text("fentry:vfs_read(struct file *f) { }",
		"KFUNC_PROBE(vfs_read, struct file *f) { ; return 0; }");
	expect_text("fexit:vfs_read() { }", "KRETFUNC_PROBE(vfs_read) { ; return 0; }");
	expect_text("BPF_HASH(n);\nuprobe:c:f(int x)\n{\n\tg(\"}\");\n}\nint y;",
		"BPF_HASH(n);\nint uprobe_1(struct pt_regs *ctx, int x)\n {\n\tg(\"}\");\n; return 0; }\nint y;");
	expect_text("interval:s:1 { if (a) { b(); } } kretprobe:f { }",
		"int interval_1(struct bpf_perf_event_data *ctx) { if (a) { b(); } ; return 0; } "
		"int kretprobe_2(struct pt_regs *ctx) { ; return 0; }");
	expect_text("rawtracepoint:sched_switch { }", "RAW_TRACEPOINT_PROBE(sched_switch) { ; return 0; }");
	expect_text("rt:sched_switch { }", "RAW_TRACEPOINT_PROBE(sched_switch) { ; return 0; }");
	expect_text("lsm:file_open(struct file *f) { g(f); }",
		"LSM_PROBE(file_open, struct file *f) { g(f); ; return 0; }");
	expect_text("t:a:b { } kfunc:f { }",
		"TRACEPOINT_PROBE(a,b) { ; return 0; } KFUNC_PROBE(f) { ; return 0; }");
	expect_target("kprobe:vfs_read { }", "kprobe_1", "kprobe:vfs_read");
	expect_target("k:vfs_read { }", "kprobe_1", "kprobe:vfs_read");
	expect_text("t:a:b* { }", "int tracepoint_1(struct trace_entry *ctx) { ; return 0; }");
	expect_target("t:a:b* { }", "tracepoint_1", "tracepoint:a:b*");
	expect_target("ur:libc:free { }", "uretprobe_1", "uretprobe:libc:free");
	expect_target("kprobe:vfs_* { }", "kprobe_1", "kprobe.multi:vfs_*");
}

static void test_targets(void **state)
{
	(void)state;
	expect_target("usdt:/bin/x:p:n { }", "usdt_1", "usdt:/bin/x:p:n");
	expect_target("profile:hz:99{}", "profile_1", "profile:hz:99");
	expect_target("int x; uretprobe:/lib/a-1.so:f*{}", "uretprobe_1", "uretprobe:/lib/a-1.so:f*");
}

/* Several targets have the same body, each in the lines of the text. */
static void test_lists(void **state)
{
	struct short_forms forms;

	(void)state;
	expect_text("t:a:b, t:c:d { f(); }", "TRACEPOINT_PROBE(a,b) { f(); ; return 0; }\n#line 1\n"
					     "TRACEPOINT_PROBE(c,d) { f(); ; return 0; }");
	expect_text("int x;\nt:a:b,\nt:c:d\n{\nf(); }\nint y;",
		"int x;\nTRACEPOINT_PROBE(a,b)\n\n {\nf(); ; return 0; }\n#line 3\n"
		"TRACEPOINT_PROBE(c,d)\n {\nf(); ; return 0; }\nint y;");
	assert_int_equal(short_forms_expand(&forms, "k:f,kr:g, u:libc:h { }", 0), 0);
	assert_int_equal(forms.count, 3);
	assert_int_equal(forms.programs, 3);
	assert_string_equal(forms.targets[1].program, "kretprobe_2");
	assert_string_equal(forms.targets[1].target, "kretprobe:g");
	assert_string_equal(forms.targets[2].target, "uprobe:libc:h");
	short_forms_free(&forms);
}

static void test_process(void **state)
{
	struct short_forms forms;

	(void)state;
	assert_int_equal(short_forms_expand(&forms, "kprobe:f { g(); }", 77), 0);
	assert_string_equal(forms.text,
		"int kprobe_1(struct pt_regs *ctx) { if (bpf_get_current_pid_tgid() >> 32 != 77) return 0; g(); ; return 0; }");
	assert_int_equal(forms.programs, 1);
	short_forms_free(&forms);
}

static void expect_error(const char *text, const char *error)
{
	struct short_forms forms;

	assert_int_equal(short_forms_expand(&forms, text, 0), -EINVAL);
	assert_string_equal(forms.error, error);
	short_forms_free(&forms);
}

static void test_wrong_forms(void **state)
{
	(void)state;
	expect_error("kprobe: { }", "1: kprobe: names no target");
	expect_error("int x;\n\nkprobe:f", "3: kprobe:f must be followed by { and C");
	expect_error("kprobe:f { if (x) { }", "1: the '}' of kprobe:f is missing");
	expect_error("kprobe:f(int x { }", "1: the ')' after the arguments of f is missing");
	expect_error("kretprobe:f(int x) { }", "1: kretprobe:f has no arguments to declare");
	expect_error("tracepoint:f { }",
		"1: tracepoint:f must name a category too: tracepoint:sched:sched_switch");
	expect_error("kprobe:\"f\" { }", "1: \"f\" is not a target");
	expect_error("k:f,\nint x;", "2: a short form like tracepoint:sched:sched_switch must follow ','");
	expect_error("k:f,g { }", "1: a short form like tracepoint:sched:sched_switch must follow ','");
	expect_error("k:f, kr:g(int x) { }", "1: kretprobe:g has no arguments to declare");
}

/* ---- comments ---- */

static void expect_comment(const char *text, const char *expected)
{
	char *comment = variable_comment(text, "v");

	if (expected)
		assert_string_equal(comment ? comment : "(none)", expected);
	else
		assert_null(comment);
	free(comment);
}

static void test_comments(void **state)
{
	(void)state;
	expect_comment("const volatile int v = 0; // behind\n", "behind");
	expect_comment("const volatile int v; /* behind */ int w;", "behind");
	expect_comment("/* above\n * two lines */\nconst volatile int v[3] = {1, 2};\n", "above two lines");
	expect_comment("// a\n// b\nint v;\n", "a b");
	expect_comment("/// @description \"The process\"\nint v;\n", "The process");
	expect_comment("int w; // of w\nint v;\n", NULL);
	expect_comment("// of w\nint w;\nint v;\n", NULL);
	expect_comment("// of nothing\n\nint v;\n", NULL);
	expect_comment("// of f\nint f(int v) { int v = 3; // no\n return v; }\nint v; // yes\n", "yes");
	expect_comment("struct s { int v; // member\n};\nint w = v; // use\n", NULL);
	expect_comment("int w, v = 1; // both\n", "both");
	expect_comment("#define v 3 // macro\nint v; /**/", NULL);
	expect_comment("struct { int a; } v = { 1 }; // block\n", "block");
	expect_comment("/* not closed", NULL);
	expect_comment("int v", NULL);
	expect_comment("int vv; // other\nint v; /* *** */\n", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_c),
		cmocka_unit_test(test_short_forms),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_wrong_forms),
		cmocka_unit_test(test_comments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
