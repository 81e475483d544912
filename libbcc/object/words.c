/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include <errno.h>
#include <string.h>

#define WORD_PREFIX "__bcc_word_"
#define SCOPE_PREFIX "__bcc_scope_"

static bool is_named(const struct bcc_symbol *symbol, const char *prefix, const char *table)
{
	size_t length = strlen(prefix);

	return strncmp(symbol->name, prefix, length) == 0 && strcmp(symbol->name + length, table) == 0;
}

/* The string at the symbol, NULL: it does not end within its section. */
static const char *string_of(const struct bcc_elf *elf, const struct bcc_symbol *symbol)
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

int bcc_table_words(
	const struct bcc_elf *elf, const char *table, struct bcc_table_words *words, struct bcc_err *err)
{
	const char *text;

	*words = (struct bcc_table_words){0};
	for (uint32_t i = 1; i < elf->symbol_count; i++) {
		const struct bcc_symbol *symbol = &elf->symbols[i];
		bool is_word = is_named(symbol, WORD_PREFIX, table);

		if (!symbol->section || (!is_word && !is_named(symbol, SCOPE_PREFIX, table)))
			continue;
		text = string_of(elf, symbol);
		if (!text)
			return bcc_fail(
				err, -EINVAL, "the compiled object is damaged: %s is no text", symbol->name);
		if (is_word)
			read_word(text, words);
		words->is_public |= !is_word && strcmp(text, "public") == 0;
		words->is_shared |= !is_word && strcmp(text, "shared") == 0;
	}
	return 0;
}
