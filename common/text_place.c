/* SPDX-License-Identifier: Apache-2.0 */
#include "text_place.h"

#include <ctype.h>
#include <string.h>

static bool text_place_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

const char *bcc_text_skip(const char *at)
{
	const char *end;

	if (!strncmp(at, "//", 2))
		return at + strcspn(at, "\n");
	if (!strncmp(at, "/*", 2)) {
		end = strstr(at + 2, "*/");
		return end ? end + 2 : at + strlen(at);
	}
	if (*at != '"' && *at != '\'')
		return at;
	for (end = at + 1; *end && *end != *at && *end != '\n'; end++)
		if (*end == '\\' && end[1])
			end++;
	return *end == *at ? end + 1 : end;
}

static const char *text_place_search(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = text; *at;) {
		const char *after = bcc_text_skip(at);

		if (after != at) {
			at = after;
		} else if (text_place_is_word(*at)) {
			for (after = at; text_place_is_word(*after); after++)
				;
			if ((size_t)(after - at) == length && !memcmp(at, name, length))
				return at;
			at = after;
		} else {
			at++;
		}
	}
	return NULL;
}

static void text_place_measure(struct bcc_text_place *place)
{
	place->indent = 0;
	for (const char *c = place->start; c < place->start + place->column - 1; c++)
		place->indent = *c == '\t' ? (place->indent / 8 + 1) * 8 : place->indent + 1;
	place->length = strcspn(place->start, "\r\n");
}

bool bcc_text_at(const char *text, unsigned line, unsigned column, struct bcc_text_place *place)
{
	*place = (struct bcc_text_place){.line = 1, .start = text};
	while (place->line < line && (place->start = strchr(place->start, '\n'))) {
		place->start++;
		place->line++;
	}
	if (!line || !place->start || !*place->start)
		return false;
	place->length = strcspn(place->start, "\r\n");
	place->column = column && column <= place->length ? column : strspn(place->start, " \t") + 1;
	text_place_measure(place);
	return true;
}

bool bcc_text_find(const char *text, const char *name, struct bcc_text_place *place)
{
	const char *at = text_place_search(text, name);

	*place = (struct bcc_text_place){.line = 1, .start = text};
	if (!at)
		return false;
	for (const char *c = text; c < at; c++) {
		if (*c == '\n') {
			place->line++;
			place->start = c + 1;
		}
	}
	place->column = at - place->start + 1;
	text_place_measure(place);
	return true;
}

bool bcc_text_find_function(const char *text, const char *name, struct bcc_text_place *place)
{
	while (name && !bcc_text_find(text, name, place)) {
		name = strstr(name, "__");
		while (name && *name == '_')
			name++;
	}
	return name != NULL;
}
