/* SPDX-License-Identifier: Apache-2.0 */
/* Members of structs that have other names or places in this kernel than in the one that a text was written
 * for. members.txt has them. */
#ifndef FRONTENDS_RENAMES_RENAMES_H
#define FRONTENDS_RENAMES_RENAMES_H

#include <stddef.h>

#include "common/error.h"
#include "common/raw_btf.h"

/* What one text names differently. Zeroed: nothing yet. */
struct bcc_renames {
	struct bcc_renamed_place *places; /* to be replaced in the text */
	size_t count;
	char *warnings; /* what was replaced, a line for each member; NULL: nothing */
	char *advice;	/* what could not be, likewise */
};
void bcc_renames_free(struct bcc_renames *renames);

/* The kernel's struct `tag` lacks `member`, which stands at `text + place` (SIZE_MAX: elsewhere). What has
 * its value there is remembered for bcc_renames_apply(), what became of it otherwise for
 * bcc_renames_explain(). `name` is the text's. */
void bcc_renames_look(struct bcc_renames *renames, const struct bcc_btf_bytes *kernel, const char *name,
	const char *text, const char *tag, const char *member, size_t place);

/* The text with all that was found since the last call replaced (malloc'ed); its lines stay where they are.
 * NULL: nothing was found, or there is no memory. */
char *bcc_renames_apply(struct bcc_renames *renames, const char *text);

/* Appends what became of members to an error about them. */
void bcc_renames_explain(const struct bcc_renames *renames, struct bcc_err *err);

#endif
