/* SPDX-License-Identifier: Apache-2.0 */
/* What to say of functions of the text that nothing is attached to. */
#ifndef LIBBCC_ATTACH_UNATTACHED_H
#define LIBBCC_ATTACH_UNATTACHED_H

#include "libbcc/handle.h"

/* -ENOENT: the text has no program `name`; what is near it, or else what there is. */
int bcc_fail_unknown_program(struct bcc *b, const char *name);
/* Puts the place of `p` in the text before the error of attaching it, which is returned. */
int bcc_fail_at_program(const struct bcc_program *p, int code);
/* bcc_attach_all() found nothing to attach: says what the name or section of each function lacks, in
 * bcc_error() and as a warning, because it is not a failure. */
void bcc_explain_none(struct bcc *b);

#endif
