/* SPDX-License-Identifier: Apache-2.0 */
#include "map_attributes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

#define WORD_PREFIX "__bcc_word_"
#define SCOPE_PREFIX "__bcc_scope_"

/* The string at the symbol; NULL if it does not end within its section. */
static const char *object_map_attributes_string_of(const struct bcc_elf *elf, const struct bcc_symbol *symbol)
{
	const struct bcc_section *section = &elf->sections[symbol->section];

	if (!section->data || symbol->value >= section->size)
		return NULL;
	if (!memchr(section->data + symbol->value, 0, section->size - symbol->value))
		return NULL;
	return (const char *)section->data + symbol->value;
}

static void read_word(const char *word, struct bcc_table_words *words)
{
	const char *end = word + strcspn(word, ":$");

	if (*end == ':')
		words->path = end + 1;
	else if (*end == '$')
		words->inner = end + 1;
}

static void read_scope(const char *scope, struct bcc_table_words *words)
{
	words->is_public |= strcmp(scope, "public") == 0;
	words->is_shared |= strcmp(scope, "shared") == 0;
}

static int read_all(const struct bcc_elf *elf, const char *prefix, const char *table,
	void (*read)(const char *text, struct bcc_table_words *words), struct bcc_table_words *words,
	struct bcc_err *err)
{
	bcc_auto_free char *name = NULL;

	if (asprintf(&name, "%s%s", prefix, table) < 0) {
		name = NULL;
		return bcc_fail(err, -ENOMEM, "out of memory");
	}
	for (const struct bcc_name *at = bcc_name_index_find(&elf->symbol_names, name); at;
		at = bcc_name_index_next(&elf->symbol_names, at)) {
		const struct bcc_symbol *symbol = &elf->symbols[at->index];
		const char *text;

		if (!symbol->section)
			continue;
		text = object_map_attributes_string_of(elf, symbol);
		if (!text)
			return bcc_fail(err, -EINVAL, "the compiled object is damaged: %s is not a string",
				symbol->name);
		read(text, words);
	}
	return 0;
}

int bcc_table_words(
	const struct bcc_elf *elf, const char *table, struct bcc_table_words *words, struct bcc_err *err)
{
	int ret;

	*words = (struct bcc_table_words){0};
	ret = read_all(elf, WORD_PREFIX, table, read_word, words, err);
	return ret < 0 ? ret : read_all(elf, SCOPE_PREFIX, table, read_scope, words, err);
}
