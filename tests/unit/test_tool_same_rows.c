/* SPDX-License-Identifier: Apache-2.0 */
/* Equal rows are written once, with their number, in each format. */
#include "tool_description.h"

#include "tools/lib/same_rows.h"

struct event {
	uint64_t number;
	char text[8];
};

static const struct tool_column columns[] = {
	COLUMN("NUMBER", 4, number, "a number"),
	COLUMN("TEXT", 0, text, "a text"),
	{0},
};

static void check(enum writer_format format, const char *expected)
{
	static const struct event events[] = {{7, "x"}, {1, "}"}, {7, "y"}, {1, "}"}, {1, "}"}, {7, "y"}};
	struct writer w = {0};

	assert_null(writer_init(&w, format, columns, NULL, NULL));
	if (format == WRITER_CSV) {
		writer_header(&w);
		same_rows_head(&w);
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		same_rows_add(&w, &(struct tool_row){.data = &events[i], .size = sizeof(events[i])});
	same_rows_write(&w);
	/* they have been forgotten */
	same_rows_write(&w);
	buffer_char(&w.out, '\0');
	assert_string_equal(w.out.data, expected);
	writer_free(&w);
}

static void test_formats(void **state)
{
	check(WRITER_TABLE, "   1 }\n-->COUNT 3\n\n   7 y\n-->COUNT 2\n\n   7 x\n-->COUNT 1\n\n");
	check(WRITER_JSON,
		"{\"number\":1,\"text\":\"}\",\"count\":3}\n{\"number\":7,\"text\":\"y\",\"count\":2}\n"
		"{\"number\":7,\"text\":\"x\",\"count\":1}\n");
	check(WRITER_CSV, "NUMBER,TEXT,COUNT\n1,},3\n7,y,2\n7,x,1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_formats)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
