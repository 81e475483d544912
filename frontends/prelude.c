/* SPDX-License-Identifier: Apache-2.0 */
#include "prelude.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool bcc_prelude_defines(const char *name, size_t length)
{
	for (unsigned i = 0; i < bcc_prelude_piece_count; i++)
		for (const char *const *d = bcc_prelude_pieces[i].defines;
			*d && !bcc_prelude_pieces[i].is_part; d++)
			if (!strncmp(*d, name, length) && !(*d)[length])
				return true;
	return false;
}

static bool prelude_piece_defines(const struct bcc_prelude_piece *piece, const char *name)
{
	for (const char *const *d = piece->defines; *d && !piece->is_part; d++)
		if (!strcmp(*d, name))
			return true;
	return false;
}

bool bcc_prelude_declares(const char *name)
{
	for (unsigned i = 0; i < bcc_prelude_piece_count && strncmp(name, "__bcc_", 6); i++)
		if (*bcc_prelude_pieces[i].text != '#' && prelude_piece_defines(&bcc_prelude_pieces[i], name))
			return true;
	return false;
}

bool bcc_prelude_has_macro(const char *name, int file)
{
	for (unsigned i = 0; i < bcc_prelude_piece_count; i++)
		if (bcc_prelude_pieces[i].file == file && *bcc_prelude_pieces[i].text == '#' &&
			prelude_piece_defines(&bcc_prelude_pieces[i], name))
			return true;
	return false;
}

void bcc_prelude_own_functions(
	const struct bcc_names *names, void (*fn)(void *ctx, const char *name), void *ctx)
{
	for (unsigned i = 0; i < bcc_prelude_piece_count; i++)
		for (const char *const *d = bcc_prelude_pieces[i].defines;
			*d && *bcc_prelude_pieces[i].text == '#'; d++)
			if (islower((unsigned char)**d) && bcc_names_declares_function(names, *d))
				fn(ctx, *d);
}

static bool prelude_is_named(const struct bcc_prelude_piece *piece, const struct bcc_names *names)
{
	if (!names)
		return true;
	for (const char *const *d = piece->defines; *d; d++)
		if (bcc_names_has(names, *d))
			return true;
	return false;
}

static void prelude_take(bool *taken, unsigned i, const struct bcc_names *names)
{
	if (taken[i])
		return;
	taken[i] = true;
	for (const short *other = bcc_prelude_pieces[i].takes; *other >= 0; other++)
		prelude_take(taken, *other, names);
	if (bcc_prelude_pieces[i].is_part)
		return;
	for (i++; i < bcc_prelude_piece_count && bcc_prelude_pieces[i].is_part; i++)
		if (!*bcc_prelude_pieces[i].defines || prelude_is_named(&bcc_prelude_pieces[i], names))
			prelude_take(taken, i, names);
}

static char *prelude_join(const bool *taken, int file)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (unsigned i = 0; i < bcc_prelude_piece_count; i++)
		if (taken[i] && bcc_prelude_pieces[i].file == file)
			fputs(bcc_prelude_pieces[i].text, out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

int bcc_prelude_select(const struct bcc_names *names, char *texts[BCC_PRELUDE_FILES])
{
	bool *taken = calloc(bcc_prelude_piece_count, sizeof(*taken));
	int ret = taken ? 0 : -ENOMEM;

	for (unsigned i = 0; !ret && i < bcc_prelude_piece_count; i++)
		if (!bcc_prelude_pieces[i].is_part && prelude_is_named(&bcc_prelude_pieces[i], names))
			prelude_take(taken, i, names);
	for (int file = 0; file < BCC_PRELUDE_FILES; file++) {
		texts[file] = ret ? NULL : prelude_join(taken, file);
		if (!texts[file])
			ret = -ENOMEM;
	}
	free(taken);
	for (int file = 0; ret && file < BCC_PRELUDE_FILES; file++) {
		free(texts[file]);
		texts[file] = NULL;
	}
	return ret;
}
