/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of the text, and sizes of its tables, that options set: kept until the text is open. */
#ifndef TOOLS_LIB_VARIABLES_H
#define TOOLS_LIB_VARIABLES_H

#include <stdio.h>

struct bcc;

/* Sets them in a handle that nothing has been created for. Returns 0, or a negative errno after it has said
 * why on stderr. */
int variables_apply(struct bcc *b);

/* Prints them as comments. */
void variables_print(FILE *out);

void variables_free(void);

#endif
