/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs that the kernel gives programs to keep, and that only it looks into: timers, nodes of lists.
 * Programs have them in values and variables: a kernel without one has to be told how large it is.
 */
#ifndef FRONTENDS_OPAQUE_STRUCTS_H
#define FRONTENDS_OPAQUE_STRUCTS_H

#include "names.h"

/* Puts definitions of those that the text uses, and neither it nor the kernel has, behind the kernel's types,
 * which are malloc'ed or NULL. Returns 0 or -ENOMEM. */
int bcc_opaque_structs_add(struct bcc_names *names, char **types);

/* The size of one, 0: there is none of that name. */
unsigned bcc_opaque_struct_size(const char *tag);

#endif
