/* SPDX-License-Identifier: Apache-2.0 */
/* Probes as users type them: what each form means, and at which column another is wrong. */
#include "tool_description.h"

#include <regex.h>
#include <stdio.h>

#include "common/array.h"
#include "tools/lib/probe.h"

enum { ALL = PROBE_RETURNS | PROBE_OFFSETS };

static void check_text(const char *is, const char *expected)
{
	assert_int_equal(!is, !expected);
	if (is)
		assert_string_equal(is, expected);
}

static void test_forms(void **state)
{
	static const struct {
		const char *text;
		enum probe_kind kind;
		const char *place, *provider, *name, *regex;
		const char *more; /* r: a return, *: a pattern, +: the offset */
	} cases[] = {
		{"vfs_read", PROBE_FUNCTION, NULL, NULL, "vfs_read", "^vfs_read$", ""},
		{"p::vfs_read", PROBE_FUNCTION, NULL, NULL, "vfs_read", "^vfs_read$", ""},
		{"::vfs_read", PROBE_FUNCTION, NULL, NULL, "vfs_read", "^vfs_read$", ""},
		{":vfs_read", PROBE_FUNCTION, NULL, NULL, "vfs_read", "^vfs_read$", ""},
		{"vfs_*", PROBE_FUNCTION, NULL, NULL, "vfs_*", "^vfs_.*$", "*"},
		{"a.b$c?[!x-z]", PROBE_FUNCTION, NULL, NULL, "a.b$c?[!x-z]", "^a\\.b\\$c.[^x-z]$", "*"},
		{"[[:alpha:]]x", PROBE_FUNCTION, NULL, NULL, "[[:alpha:]]x", "^[[:alpha:]]x$", "*"},
		{"r::vfs_read", PROBE_FUNCTION, NULL, NULL, "vfs_read", "^vfs_read$", "r"},
		{"c:malloc", PROBE_USER, "c", NULL, "malloc", "^malloc$", ""},
		{"p:c:malloc", PROBE_USER, "c", NULL, "malloc", "^malloc$", ""},
		{"r:c:*alloc", PROBE_USER, "c", NULL, "*alloc", "^.*alloc$", "r*"},
		{"/bin/bash:readline", PROBE_USER, "/bin/bash", NULL, "readline", "^readline$", ""},
		{"/a:b/c:f", PROBE_USER, "/a:b/c", NULL, "f", "^f$", ""},
		{"r:./a:b:f", PROBE_USER, "./a:b", NULL, "f", "^f$", "r"},
		{"go:os.(*File).Read", PROBE_USER, "go", NULL, "os.(*File).Read",
			"^os\\.\\(.*File\\)\\.Read$", "*"},
		{"vfs_read+0x10", PROBE_FUNCTION, NULL, NULL, "vfs_read", "^vfs_read$", "+16"},
		{"c:malloc+4", PROBE_USER, "c", NULL, "malloc", "^malloc$", "+4"},
		{"r::vfs_read+0", PROBE_FUNCTION, NULL, NULL, "vfs_read", "^vfs_read$", "r"},
		{"t:sched:sched_switch", PROBE_TRACEPOINT, "sched", NULL, "sched_switch",
			"^sched:sched_switch$", ""},
		{"t:sched:*", PROBE_TRACEPOINT, "sched", NULL, "*", "^sched:.*$", "*"},
		{"t:s*:x", PROBE_TRACEPOINT, "s*", NULL, "x", "^s.*:x$", "*"},
		{"u:c:setjmp", PROBE_USDT, "c", NULL, "setjmp", "^setjmp$", ""},
		{"u:c:libc:setjmp", PROBE_USDT, "c", "libc", "setjmp", "^setjmp$", ""},
		{"u::gc*", PROBE_USDT, NULL, NULL, "gc*", "^gc.*$", "*"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct probe_error error = {0};
		struct probe p;
		char more[32];

		if (probe_parse(&p, cases[i].text, ALL, &error))
			fail_msg("%s: column %u: %s", cases[i].text, error.column, error.why);
		assert_int_equal(p.kind, cases[i].kind);
		check_text(p.place, cases[i].place);
		check_text(p.provider, cases[i].provider);
		check_text(p.name, cases[i].name);
		check_text(p.regex, cases[i].regex);
		snprintf(more, sizeof(more), "%s%s", p.at_return ? "r" : "", p.is_pattern ? "*" : "");
		if (p.offset)
			snprintf(more + strlen(more), 24, "+%llu", (unsigned long long)p.offset);
		assert_string_equal(more, cases[i].more);
		probe_free(&p);
	}
}

static void check_matches(const char *text, unsigned flags, const char *name, bool expected)
{
	struct probe_error error;
	struct probe p;
	regex_t regex;

	assert_int_equal(probe_parse(&p, text, flags, &error), 0);
	assert_true(p.is_pattern);
	assert_int_equal(regcomp(&regex, p.regex, REG_EXTENDED | REG_NOSUB), 0);
	if (!regexec(&regex, name, 0, NULL, 0) != expected)
		fail_msg("%s (%s) and %s", text, p.regex, name);
	regfree(&regex);
	probe_free(&p);
}

/* As BCC's tools do, regular expressions match from the start of the name, and patterns all of it. */
static void test_matches(void **state)
{
	check_matches("vfs_*", 0, "vfs_read", true);
	check_matches("vfs_*", 0, "my_vfs_read", false);
	check_matches("*_read", 0, "vfs_readv", false);
	check_matches("vfs_.*", 0, "vfs_read", false);
	check_matches("vfs_[rw]*", 0, "vfs_write", true);
	check_matches("vfs_[!rw]*", 0, "vfs_write", false);
	check_matches("vfs", PROBE_REGEX, "vfs_read", true);
	check_matches("vfs", PROBE_REGEX, "my_vfs_read", false);
	check_matches("a|vfs", PROBE_REGEX, "my_vfs_read", false);
	check_matches("^vfs_(read|write)$", PROBE_REGEX, "vfs_write", true);
	check_matches("^vfs_(read|write)$", PROBE_REGEX, "vfs_writev", false);
	check_matches("c:[[:alpha:]]+$", PROBE_REGEX, "malloc", true);
	check_matches("t:sched:sched_(switch|wakeup)$", PROBE_REGEX, "sched:sched_switch", true);
	check_matches("t:sched:sched_(switch|wakeup)$", PROBE_REGEX, "sched:sched_wakeup_new", false);
}

static void test_errors(void **state)
{
	static const struct {
		const char *text;
		unsigned flags, column;
	} cases[] = {
		{"", ALL, 1},
		{"c:", ALL, 3},
		{"p::", ALL, 4},
		{"vfs read", ALL, 4},
		{"p:malloc", ALL, 3},
		{"t:sched_switch", ALL, 3},
		{"u:setjmp", ALL, 3},
		{"x:c:malloc", ALL, 1},
		{"t::x", ALL, 3},
		{"t:a:b:c", ALL, 6},
		{"vfs_read+", ALL, 10},
		{"vfs_read+x", ALL, 10},
		{"vfs_read+1x", ALL, 11},
		{"vfs_read+99999999999999999999", ALL, 10},
		{"vfs_*+1", ALL, 6},
		{"r::vfs_read+1", ALL, 12},
		{"vfs_read+1", 0, 9},
		{"r::vfs_read", 0, 1},
		{"vfs_*", PROBE_SINGLE, 5},
		{"t:a:b", PROBE_FUNCTIONS, 1},
		{"u:a:b", PROBE_FUNCTIONS, 1},
		{"c:str(", PROBE_REGEX, 3},
		{"vfs_[a", ALL, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct probe_error error = {0};
		struct probe p;
		int ret = probe_parse(&p, cases[i].text, cases[i].flags, &error);

		if (!ret)
			probe_free(&p);
		if (!ret != !cases[i].column || error.column != cases[i].column)
			fail_msg("'%s': %d, column %u: %s", cases[i].text, ret, error.column, error.why);
		assert_int_equal(!*error.why, !cases[i].column);
	}
}

static void parse_argument(const char *text)
{
	struct probe p;

	probe_argument(&p, text, 0);
	probe_free(&p);
}

static void test_argument(void **state)
{
	assert_true(is_usage_error(parse_argument, "x:c:malloc"));
	assert_false(is_usage_error(parse_argument, "c:malloc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_argument),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
