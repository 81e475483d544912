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

/* From now on it begins with what comes first on top, as icicles do. */
void flame_set_icicle(struct flame *f);

/* Before anything is added: reads folded lines that the picture is to be compared with. What takes a larger
 * share than there becomes red, what takes a smaller one blue. Returns 0, or a negative errno: -EINVAL if
 * `line` is not such a line. */
int flame_compare(struct flame *f, FILE *baseline, uint64_t *line);

/* Writes the picture. Returns 0, or a negative errno. */
int flame_write(struct flame *f, FILE *out, const char *title, const char *unit);

#endif
