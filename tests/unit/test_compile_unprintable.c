/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler says of texts, flags and names with control characters is printable. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/array.h"
#include "common/compile_request.h"
#include "common/printable.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

#define GOOD "int f(void *ctx) { return 0; }\n"

/* Each is refused, or warned of, with the name that is in the message. */
static const struct {
	const char *text, *flag, *name, *said;
} cases[] = {
	{GOOD, "-\x01", NULL, "no flag \"-\\x01\""},
	{GOOD, "-\xff", NULL, "no flag \"-\\xff\""},
	{GOOD, "-nothing\nerror: x", NULL, "-nothing\\nerror: x"},
	{GOOD, "foo\x1b[2J", NULL, "foo\\x1b[2J"},
	{GOOD, "-o\r/x", NULL, "-o\\x0d/x"},
	{GOOD, "-fplugin=/x\n.so", NULL, "/x\\n.so"},
	{GOOD, "-std=\x1b", NULL, "invalid value"},
	{GOOD, "-include\x1b.h", NULL, ".h"},
	{GOOD,
		"-gr\xc3\xbc\xc3\x9f"
		"e",
		NULL,
		"-gr\xc3\xbc\xc3\x9f"
		"e"},
	{"int f(void *ctx) { return x; }\n", NULL,
		"a\x1b"
		"b.c",
		"a\\x1b"
		"b.c:1:"},
	{"int f(void *ctx) { return x; }\n", NULL, "a\nb.c", "a\\nb.c:1:"},
	{"#line 7 \"a\\nb\\x1b.c\"\nint f(void *ctx) { return x; }\n", NULL, NULL, "a\\nb\\x1b.c:7:"},
	{"#error \x1b[31m\n", NULL, NULL, "error"},
	{"#warning \x1b[31m\n" GOOD, NULL, NULL, "31m"},
	{"#include \"x\x1b.h\"\n", NULL, NULL, ".h"},
	{"#include \"gr\xc3\xbc\xc3\x9f"
	 "e.h\"\n",
		NULL, NULL,
		"'gr\xc3\xbc\xc3\x9f"
		"e.h'"},
	{"#pragma \x1b\n" GOOD, "-Wall", NULL, "pragma"},
	{"_Static_assert(0, \"\x1b[31m\");\n", NULL, NULL, "31m"},
	{"_Static_assert(0, \"\\x1b[31m\");\n", NULL, NULL, "31m"},
	{"int f(void *ctx) { asm volatile(\"\\x1b[31m\"); return 0; }\n", NULL, NULL, "31m"},
	{"int f(void *ctx) { asm volatile(\"\x1b[31m\"); return 0; }\n", NULL, NULL, "31m"},
	{"int f(void *ctx) { return \x1b; }\n", NULL, NULL, "error"},
	{"int f(void *ctx) { return \xe2\x80\xae; }\n", NULL, NULL, "error"},
	{"int f(void *ctx) { return gr\xc3\xb6\xc3\x9f"
	 "e; }\n",
		NULL, NULL,
		"'gr\xc3\xb6\xc3\x9f"
		"e'"},
	{"int f(void *ctx) { char c = '\x1b\x02\x03'; return x; }\n", NULL, NULL, "'x'"},
	{"int g(void) __attribute__((deprecated(\"\\x1b[31m\"))); int f(void *ctx) { return g(); }\n", NULL,
		NULL, "31m"},
	{"TRACEPOINT_PROBE(sched, no\xc3\xb6) { return 0; }\n", NULL, NULL, "no\xc3\xb6"},
	{"int f(void *ctx) { bpf_trace_printk(\"\\x1b%q\"); return 0; }\n", NULL, NULL, "%q"},
	{"BPF_TABLE(\"\\x1b\", int, int, t, 1);\n" GOOD, NULL, NULL, "t"},
};

static void join(void *ctx, int level, const char *text)
{
	char **said = ctx, *joined;

	assert_true(asprintf(&joined, "%s%s", *said ? *said : "", text) >= 0);
	free(*said);
	*said = joined;
}

static bool is_printable(const char *text)
{
	char *copy = strdup(text), *escaped = bcc_printable(copy, true);
	bool same = escaped == copy;

	free(escaped);
	return same;
}

static int check(size_t i)
{
	char *said = NULL;
	struct bcc_compile_request request = {
		.abi = BCC_COMPILER_ABI,
		.text = cases[i].text,
		.name = cases[i].name ? cases[i].name : "text.c",
		.cflags = &cases[i].flag,
		.cflags_count = cases[i].flag != NULL,
		.tracefs_fd = -1,
		.btf_fd = -1,
		.tracefs_why = "it is a test",
		.log = join,
		.log_ctx = &said,
	};
	struct bcc_compile_result result;
	bool good;

	if (bcc_compile_1(&request, &result))
		join(&said, 0, result.error);
	good = said && is_printable(said) && strstr(said, cases[i].said);
	if (!good)
		print_error("case %zu, \"%s\" is not in: %s\n", i, cases[i].said, said ? said : "");
	free(said);
	bcc_compile_free_1(&result);
	return !good;
}

static void test_messages(void **state)
{
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		wrong += check(i);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_messages)};

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		printf("SKIP: this kernel has no BTF (/sys/kernel/btf/vmlinux)\n");
		return 0;
	}
	unsetenv("BCC_KERNEL_SOURCE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
