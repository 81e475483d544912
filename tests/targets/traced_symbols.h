/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by tests of a target's symbols; include it after cmocka. */
#ifndef TESTS_TARGETS_TRACED_SYMBOLS_H
#define TESTS_TARGETS_TRACED_SYMBOLS_H

#include <errno.h>

#include <bcc/symbols.h>

#include "traced.h"

/* Every function that the target reported gets its name, at its first byte and inside it, and its address by
 * its name. */
static inline void expect_functions(struct bcc_symbols *s, const struct traced *t)
{
	assert_true(t->count > 0);
	for (size_t i = 0; i < t->count; i++) {
		const struct traced_function *f = &t->functions[i];
		struct bcc_symbol_info info;
		uint64_t address = 0;
		char name[256];

		for (unsigned offset = 0; offset < 3; offset++) {
			int code = bcc_symbols_resolve(s, f->address + offset, &info);

			if (code)
				fail_msg("%s+%u: %d: module %s", f->name, offset, code, info.module);
			snprintf(name, sizeof(name), "%s", info.name);
			for (char *c = name; *c; c++)
				*c = *c == ' ' ? '_' : *c;
			assert_string_equal(name, f->name);
			assert_string_equal(info.module, f->module);
			assert_int_equal(info.offset, offset);
			assert_int_equal(info.address, f->address);
		}
		snprintf(name, sizeof(name), "%s", info.raw_name);
		assert_int_equal(bcc_symbols_find(s, f->module, name, &address), 0);
		assert_int_equal(address, f->address);
	}
}

static inline struct bcc_symbols *open_symbols(const struct traced *t, const struct bcc_symbols_opts *opts)
{
	struct bcc_symbols *s;
	int code = bcc_symbols_open_process(t->pid, opts, &s);

	if (code)
		fail_msg("%d: %s", code, bcc_symbols_error(s));
	return s;
}

/* A line for a perf map. */
static inline void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* The name comes from a perf map; NULL: there is none. */
static inline void expect_name(struct bcc_symbols *s, uint64_t address, const char *name, uint64_t offset)
{
	struct bcc_symbol_info info;
	int code = bcc_symbols_resolve(s, address, &info);

	if (!name) {
		assert_int_equal(code, -ENOENT);
		return;
	}
	assert_int_equal(code, 0);
	assert_string_equal(info.name, name);
	assert_int_equal(info.offset, offset);
	assert_true(strstr(info.module, "/tmp/perf-") == info.module);
}

#endif
