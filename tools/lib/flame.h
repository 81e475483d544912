/* SPDX-License-Identifier: Apache-2.0 */
/* Flame graphs: pictures of how much is counted below each function, as an SVG file that a browser shows,
 * searches and zooms without anything else. */
#ifndef TOOLS_LIB_FLAME_H
#define TOOLS_LIB_FLAME_H

#include <stdint.h>
#include <stdio.h>

#include "stack_path.h"

struct flame;

struct flame *flame_new(void);
void flame_free(struct flame *f);

void flame_add(struct flame *f, const struct stack_path *path, uint64_t weight);

/* Writes the picture. Returns 0, or a negative errno. */
int flame_write(struct flame *f, FILE *out, const char *title, const char *unit);

#endif
