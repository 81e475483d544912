/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: arguments besides options, and options whose value may be left out. */
#include "tool_description.h"

#include "tools/lib/options.h"
#include "tools/lib/settings.h"

static uint64_t least;
static bool flag, shared;
static const char *path, *name;

static void read_shared(const char *argument)
{
	shared = true;
	path = argument;
}

static const struct tool_option options[] = {
	OPTION_FLAG('f', "flag", "a flag", .value = &flag),
	OPTION_OPTIONAL('s', "shared", "PATH", read_shared, "with or without a path"),
	{0},
};

static const struct tool_option arguments[] = {
	OPTION_DURATION(0, "MIN_US", NULL, 1000, "least time", .value = &least),
	OPTION_TEXT(0, "NAME", NULL, "a name", .value = &name),
	{0},
};

static char repeated[32];

static void read_repeated(const char *argument)
{
	strcat(repeated, argument);
}

static const struct tool_option many_arguments[] = {
	OPTION_CUSTOM(0, "WORD", NULL, read_repeated, "words", .repeated = true),
	{0},
};

static const struct tool_view view = {0};
static const struct tool many = {
	.name = "many", .arguments = many_arguments, .filters = TOOL_FILTERS, .view = &view};
static const struct tool both = {.name = "both",
	.options = options,
	.arguments = arguments,
	.intervals = true,
	.filters = TOOL_FILTERS,
	.view = &view};
static const struct tool neither = {.name = "neither", .options = options, .view = &view};

/* The words, separated by blanks. */
static void parse(const struct tool *t, const char *line)
{
	static char text[256];
	char *argv[16] = {(char *)t->name};
	int argc = 1;

	least = 0;
	flag = shared = false;
	path = name = NULL;
	settings.interval = settings.count = 0;
	settings.command = NULL;
	strcpy(text, line);
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	options_parse(t, argc, argv);
}

static void parse_both(const char *line)
{
	parse(&both, line);
}

static void parse_neither(const char *line)
{
	parse(&neither, line);
}

static void test_arguments(void **state)
{
	parse(&both, "");
	assert_int_equal(least, 0);
	assert_null(name);
	parse(&both, "5000 -f");
	assert_int_equal(least, 5000000);
	assert_true(flag);
	assert_null(name);
	assert_int_equal(settings.interval, 0);
	parse(&both, "-f 20ms some 3");
	assert_int_equal(least, 20000000);
	assert_string_equal(name, "some");
	assert_int_equal(settings.interval, 3);
	assert_int_equal(settings.count, 0);
	parse(&both, "1 some 3 4 -- command 5");
	assert_int_equal(least, 1000);
	assert_int_equal(settings.interval, 3);
	assert_int_equal(settings.count, 4);
	assert_string_equal(settings.command[0], "command");
	assert_string_equal(settings.command[1], "5");
	parse(&both, "-- command");
	assert_int_equal(least, 0);
	assert_string_equal(settings.command[0], "command");
	assert_true(is_usage_error(parse_both, "x"));
	assert_true(is_usage_error(parse_both, "1 some 0"));
	assert_true(is_usage_error(parse_both, "1 some 2 3 4"));
	assert_true(is_usage_error(parse_neither, "1"));
	assert_true(is_usage_error(parse_neither, "-- command"));
}

static void test_repeated(void **state)
{
	*repeated = '\0';
	parse(&many, "a b --json c -- command d");
	assert_string_equal(repeated, "abc");
	assert_string_equal(settings.command[0], "command");
	*repeated = '\0';
	parse(&many, "");
	assert_string_equal(repeated, "");
}

static void test_optional_values(void **state)
{
	static const struct {
		const char *line, *path;
		bool flag;
	} cases[] = {{"-s", NULL, false}, {"--shared", NULL, false}, {"-s /lib", "/lib", false},
		{"-s/lib", "/lib", false}, {"--shared /lib", "/lib", false}, {"--shared=/lib", "/lib", false},
		{"-s -f", NULL, true}, {"-fs /lib", "/lib", true}, {"-s /lib -f", "/lib", true},
		{"-f -s", NULL, true}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		parse(&neither, cases[i].line);
		assert_true(shared);
		assert_int_equal(flag, cases[i].flag);
		if (cases[i].path)
			assert_string_equal(path, cases[i].path);
		else
			assert_null(path);
	}
	parse(&both, "7 -s -- command");
	assert_int_equal(least, 7000);
	assert_null(path);
	assert_string_equal(settings.command[0], "command");
	assert_true(is_usage_error(parse_neither, "-s /lib other"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_optional_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
