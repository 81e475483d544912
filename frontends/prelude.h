/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each text can use without including it: helpers, tables, macros for programs. A text uses few of them,
 * and parsing all took clang longer than parsing the text: so, once the text's names are known, it only gets
 * the pieces that define them and the pieces these need.
 */
#ifndef FRONTENDS_PRELUDE_H
#define FRONTENDS_PRELUDE_H

#include <stdbool.h>

#include "names.h"

/* The files that come in pieces, in the order of the list in frontends/CMakeLists.txt. */
enum bcc_prelude_file { BCC_HELPERS, BCC_LANGUAGE, BCC_PROBES, BCC_TABLES, BCC_USDT, BCC_PRELUDE_FILES };

/* Written by frontends/prelude.py. */
struct bcc_prelude_piece {
	int file;
	/* Whether this is one method's part of the macro that begins with the last piece that is not a part.
	 * It is included with that piece if the text names what it defines, or if it defines nothing. */
	bool is_part;
	const char *const *defines; /* ends with NULL */
	const short *takes;	    /* other pieces, by index; ends with -1 */
	const char *text;
};
extern const struct bcc_prelude_piece bcc_prelude_pieces[];
extern const unsigned bcc_prelude_piece_count;

/* Whether a piece defines the name. */
bool bcc_prelude_defines(const char *name, size_t length);
/* Whether a piece declares the name, not as a macro, and texts may use it. */
bool bcc_prelude_declares(const char *name);
bool bcc_prelude_has_macro(const char *name, int file);
/* Calls `fn` for each macro that the text declares as a function. Those in upper case are what texts define
 * functions by. */
void bcc_prelude_own_functions(
	const struct bcc_names *names, void (*fn)(void *ctx, const char *name), void *ctx);

/* Sets `texts` (malloc'ed) to the part of each file that a text with these names needs, or with NULL to all
 * of it. On -ENOMEM none is set. */
int bcc_prelude_select(const struct bcc_names *names, char *texts[BCC_PRELUDE_FILES]);

#endif
