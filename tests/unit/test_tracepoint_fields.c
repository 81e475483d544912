/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a tracepoint's format file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libbcc/features/features.h"

static void expect_field(const char *line, const struct bcc_tracepoint_field *expected)
{
	char *copy = strdup(line);
	struct bcc_tracepoint_field field;

	assert_true(bcc_tracepoint_field_parse(copy, &field));
	assert_string_equal(field.name, expected->name);
	assert_string_equal(field.type, expected->type);
	assert_int_equal(field.offset, expected->offset);
	assert_int_equal(field.bytes, expected->bytes);
	assert_int_equal(field.array_elements, expected->array_elements);
	assert_int_equal(field.is_signed, expected->is_signed);
	assert_int_equal(field.is_dynamic, expected->is_dynamic);
	free(copy);
}

static void test_fields(void **state)
{
	static const struct {
		const char *line;
		struct bcc_tracepoint_field expected;
	} cases[] = {
		{"\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;",
			{.name = "prev_pid", .type = "pid_t", .offset = 24, .bytes = 4, .is_signed = true}},
		{"\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;",
			{.name = "prev_comm",
				.type = "char",
				.offset = 8,
				.bytes = 16,
				.array_elements = 16}},
		{"\tfield:unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;",
			{.name = "args",
				.type = "unsigned long",
				.offset = 16,
				.bytes = 48,
				.array_elements = 6}},
		{"\tfield:__u8 saddr[sizeof(struct sockaddr_in6)];\toffset:8;\tsize:28;\tsigned:0;",
			{.name = "saddr", .type = "__u8", .offset = 8, .bytes = 28, .array_elements = 28}},
		{"\tfield:struct entry x[MOST];\toffset:8;\tsize:28;\tsigned:0;",
			{.name = "x", .type = "struct entry", .offset = 8, .bytes = 28}},
		{"\tfield:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:1;",
			{.name = "filename",
				.type = "char",
				.offset = 8,
				.bytes = 4,
				.is_signed = true,
				.is_dynamic = true}},
		{"\tfield:__rel_loc __u64[] v;\toffset:8;\tsize:4;\tsigned:0;",
			{.name = "v", .type = "__u64", .offset = 8, .bytes = 4, .is_dynamic = true}},
		{"\tfield:void * ptr;\toffset:8;\tsize:8;\tsigned:0;",
			{.name = "ptr", .type = "void *", .offset = 8, .bytes = 8}},
		{"\tfield:const char *name;\toffset:8;\tsize:8;\tsigned:0;",
			{.name = "name", .type = "const char *", .offset = 8, .bytes = 8}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect_field(cases[i].line, &cases[i].expected);
}

static void test_other_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"name: sched_switch",
		"format:",
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;",
		"\tfield:",
		"\tfield:int",
		"\tfield:int x;",
		"\tfield:int x;\toffset:8;\tsize:4;",
		"\tfield:int x;\toffset:;\tsize:4;\tsigned:1;",
		"\tfield:int x;\toffset:-8;\tsize:4;\tsigned:1;",
		"\tfield:int x;\toffset:99999999999999999999;\tsize:4;\tsigned:1;",
		"\tfield:;\toffset:8;\tsize:4;\tsigned:1;",
		"\tfield:x;\toffset:8;\tsize:4;\tsigned:1;",
		"\tfield: x;\toffset:8;\tsize:4;\tsigned:1;",
		"\tfield:__data_loc ;\toffset:8;\tsize:4;\tsigned:1;",
		"\tfield:[];\toffset:8;\tsize:4;\tsigned:1;",
		"\tfield:][ x;\toffset:8;\tsize:4;\tsigned:1;",
		"\tfield:int *;\toffset:8;\tsize:4;\tsigned:1;",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct bcc_tracepoint_field field;
		char *copy = strdup(lines[i]);

		/* "][ x" has a type and a name, if a strange one */
		if (bcc_tracepoint_field_parse(copy, &field) && !strstr(lines[i], "]["))
			fail_msg("\"%s\" is a field", lines[i]);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_other_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
