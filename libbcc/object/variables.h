/* SPDX-License-Identifier: Apache-2.0 */
/* Global variables of a text, by name. */
#ifndef LIBBCC_OBJECT_VARIABLES_H
#define LIBBCC_OBJECT_VARIABLES_H

#include "libbcc/handle.h"

/* Creates the arrays that hold them, while the object is created. */
int bcc_variables_open(struct bcc *b);
void bcc_variables_close(struct bcc *b);

/* The handle of a variable; NULL if `v` is NULL. */
struct bcc *bcc_variable_owner(const struct bcc_variable *v);

#endif
