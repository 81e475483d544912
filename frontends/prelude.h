/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each text can use without including it: helpers, tables, macros of programs. A text uses a few of them, and reading all took
 * clang longer than reading the text: so, once the text's names are known, it gets the pieces that define them and what those take.
 */
#ifndef FRONTENDS_PRELUDE_H
#define FRONTENDS_PRELUDE_H

#include <stdbool.h>

#include "names.h"

/* The files that come in pieces, in the order of cmake's list. */
enum bcc_prelude_file { BCC_HELPERS, BCC_LANGUAGE, BCC_PROBES, BCC_TABLES, BCC_USDT, BCC_PRELUDE_FILES };

/* frontends/prelude.py writes them. */
struct bcc_prelude_piece {
	int file;
	/* One method's part of the macro that begins with the last piece which is no part: goes with that when the text names what it
	 * defines, or it defines nothing. */
	bool is_part;
	const char *const *defines; /* ends with NULL */
	const short *takes;	    /* other pieces, by index; ends with -1 */
	const char *text;
};
extern const struct bcc_prelude_piece bcc_prelude_pieces[];
extern const unsigned bcc_prelude_piece_count;

/* Whether a piece defines the name. */
bool bcc_prelude_defines(const char *name, size_t length);

/* Sets `texts` (malloc'ed) to what of each file a text with these names needs. -ENOMEM: none is set. */
int bcc_prelude_select(const struct bcc_names *names, char *texts[BCC_PRELUDE_FILES]);

#endif
