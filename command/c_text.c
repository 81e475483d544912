/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "c_text.h"

static size_t c_comment(const char *text)
{
	const char *end;

	if (text[1] == '/')
		return strcspn(text, "\n");
	end = strstr(text + 2, "*/");
	return end ? (size_t)(end - text) + 2 : strlen(text);
}

static size_t c_literal(const char *text)
{
	char quote = *text;
	size_t i = 1;

	while (text[i] && text[i] != quote && text[i] != '\n')
		i += text[i] == '\\' && text[i + 1] ? 2 : 1;
	return i + (text[i] == quote);
}

/* With the lines that a backslash adds to it. */
static size_t c_directive(const char *text)
{
	size_t i = 0;

	while (text[i] && text[i] != '\n')
		i += text[i] == '\\' && text[i + 1] ? 2 : 1;
	return i;
}

static bool c_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

struct c_token c_token_at(const char *text, int line_start)
{
	struct c_token token = {.text = text, .length = 1, .kind = C_OTHER};

	if (!*text) {
		token.kind = C_END;
		token.length = 0;
	} else if (isspace((unsigned char)*text)) {
		token.kind = C_SPACE;
	} else if (*text == '/' && (text[1] == '/' || text[1] == '*')) {
		token.kind = C_COMMENT;
		token.length = c_comment(text);
	} else if (*text == '"' || *text == '\'') {
		token.kind = C_LITERAL;
		token.length = c_literal(text);
	} else if (*text == '#' && line_start) {
		token.kind = C_DIRECTIVE;
		token.length = c_directive(text);
	} else if (c_is_word(*text)) {
		token.kind = C_WORD;
		while (c_is_word(text[token.length]))
			token.length++;
	}
	return token;
}

const char *c_block_end(const char *text)
{
	struct c_token token;
	bool line_start = false;
	int depth = 0;

	for (; token = c_token_at(text, line_start), token.kind != C_END; text += token.length) {
		line_start = *token.text == '\n' || (line_start && token.kind == C_SPACE);
		if (token.kind != C_OTHER)
			continue;
		depth += *token.text == '{';
		depth -= *token.text == '}';
		if (!depth)
			return token.text;
	}
	return NULL;
}
