/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_LIB_PATH_H
#define TOOLS_LIB_PATH_H

#include <stddef.h>

#include "buffer.h"

/* Adds the path that path_add() of path.bpf.h has taken apart: "/" before each name, from the root down.
 * Nothing if there are no names. The text must end with a NUL. */
void path_text(struct buffer *b, const char *names, size_t size);

#endif
