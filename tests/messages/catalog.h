/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wrong texts as people write them, and what has to be said of each. A file of this folder is a list of
 *
 *   ==== NAME
 *   the text, called text.c
 *   ---- HOW
 *   a part of the message, a line each
 *
 * HOW is what brings the message: "open" is an error of opening the text, "warn" a warning of one that opens,
 * "either" a warning where the names of kernel headers are known and an error where not, "load" [TYPE] the
 * kernel's refusal of its first program, "attach" what bcc_attach_all() says.
 */
#ifndef TESTS_MESSAGES_CATALOG_H
#define TESTS_MESSAGES_CATALOG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct wrong_text {
	const char *name, *how;
	char *text, *parts; /* parts: lines */
};

/* The next line, cut off at its end; NULL at the end of the file. */
static inline char *catalog_line(char **at)
{
	char *line = *at, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = '\0';
	*at = end + 1;
	return line;
}

/* The next text of the file at `*at`, false after the last. */
static inline bool catalog_next(char **at, struct wrong_text *w)
{
	char *end;

	if (strncmp(*at, "==== ", 5) != 0)
		return false;
	w->name = catalog_line(at) + 5;
	w->text = *at;
	end = strstr(*at, "\n---- ");
	if (!end)
		fail_msg("%s: nothing says what it brings", w->name);
	end[1] = '\0';
	*at = end + 2; /* behind the first dash */
	w->how = catalog_line(at) + 4;
	w->parts = *at;
	end = strstr(*at, "\n==== ");
	if (end) {
		end[0] = '\0';
		*at = end + 1;
	} else {
		*at += strlen(*at);
	}
	return true;
}

static inline char *catalog_read(const char *name)
{
	char path[4096], *text = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), MESSAGES "/%s", name);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_true(getdelim(&text, &size, '\0', file) > 0);
	fclose(file);
	return text;
}

/* What is wrong with a message, 0: nothing; says it. */
static inline int catalog_check(const struct wrong_text *w, const char *message)
{
	/* what is not the text's must not be spoken of */
	static const char *const ours[] = {"/virtual/", "__bcc_", "__BCC_", "ISO C"};
	char *parts = strdup(w->parts), *rest = parts;
	int wrong = 0;

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		if (strstr(message, ours[i])) {
			print_error("%s: \"%s\" is in what is said:\n%s\n", w->name, ours[i], message);
			wrong++;
		}
	}
	for (char *part; (part = strsep(&rest, "\n"));) {
		if (*part && !strstr(message, part)) {
			print_error("%s: \"%s\" is not in what is said:\n%s\n", w->name, part, message);
			wrong++;
		}
	}
	free(parts);
	return wrong;
}

#endif
