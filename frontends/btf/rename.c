/* SPDX-License-Identifier: Apache-2.0 */
#include "rename.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 256 };

/* A word of the slice, and whether struct, union or enum precedes it. */
struct word {
	char text[MAX_NAME];
	size_t length;
	bool is_tag;
	bool is_member; /* of a struct: what it is called clashes with nothing */
};

static bool is_word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* A member stands before ";", "[" or ":", or is a pointer to a function, (*name)(…). So does what a typedef
 * defines, which ends a line that begins with "typedef", or with the brace of a struct. */
static bool is_member(const char *slice, const char *at, const char *end)
{
	const char *line = at;

	if (!(*end && strchr(";[:", *end)) && !(*end == ')' && at > slice && at[-1] == '*'))
		return false;
	while (line > slice && line[-1] != '\n')
		line--;
	return *line != '}' && strncmp(line, "typedef", 7) != 0;
}

/* Finds the next word at or after `at`; what is skipped is written to `out`, if not NULL. Returns NULL at the
 * end. */
static const char *next_word(const char *slice, const char *at, struct word *word, FILE *out)
{
	const char *start = at;
	bool after_keyword =
		!strcmp(word->text, "struct") || !strcmp(word->text, "union") || !strcmp(word->text, "enum");

	while (*at && !is_word_character(*at))
		at++;
	word->is_tag = after_keyword && at == start + 1;
	if (out)
		fwrite(start, 1, at - start, out);
	if (!*at)
		return NULL;
	for (word->length = 0; is_word_character(at[word->length]); word->length++)
		;
	if (word->length < MAX_NAME)
		memcpy(word->text, at, word->length);
	word->text[word->length < MAX_NAME ? word->length : 0] = '\0';
	word->is_member = is_member(slice, at, at + word->length);
	return at;
}

static bool btf_rename_clashes(const struct word *word, const struct bcc_names *names)
{
	if (word->is_member)
		return false;
	return word->is_tag ? bcc_names_defines_tag(names, word->text) : bcc_names_defines(names, word->text);
}

/* A tag clashes only if the slice defines its body. */
static bool has_clash(const char *slice, const struct bcc_names *names)
{
	struct word word = {0};

	for (const char *at = slice; (at = next_word(slice, at, &word, NULL)); at += word.length) {
		if (btf_rename_clashes(&word, names) && (!word.is_tag || at[word.length + 1] == '{'))
			return true;
	}
	return false;
}

int bcc_btf_rename(char **slice, const struct bcc_names *names, struct bcc_err *err)
{
	struct word word = {0};
	char *renamed = NULL;
	size_t size;
	FILE *out;

	if (!has_clash(*slice, names))
		return 0;
	out = open_memstream(&renamed, &size);
	if (!out)
		return bcc_fail(err, -ENOMEM, "out of memory for kernel types");
	for (const char *at = *slice; (at = next_word(*slice, at, &word, out)); at += word.length) {
		fwrite(at, 1, word.length, out);
		if (btf_rename_clashes(&word, names))
			fputs("___kernel", out);
	}
	if (fclose(out)) {
		free(renamed);
		return bcc_fail(err, -ENOMEM, "out of memory for kernel types");
	}
	free(*slice);
	*slice = renamed;
	return 0;
}
