/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture of histograms, as SVG that needs nothing else: of one output, bars; of several, a heat map, from
 * left to right in time. There is one for each section.
 */
#ifndef TOOLS_LIB_HIST_PICTURE_H
#define TOOLS_LIB_HIST_PICTURE_H

#include "hist_section.h"

/* At most so many columns; of longer runs, a column is several outputs. */
#define HIST_PICTURE_COLUMNS 800
/* At most so many sections have pictures of their own, the first ones; those of all others are one. */
#define HIST_PICTURE_SECTIONS 64

struct hist_picture;

struct hist_picture *hist_picture_new(const struct tool_view *view);
void hist_picture_free(struct hist_picture *p);

/* Another output begins, at a time of clock_now(). */
void hist_picture_begin(struct hist_picture *p, uint64_t time);
/* A section of this output. */
void hist_picture_add(struct hist_picture *p, struct writer *w, const struct hist_section *s);

/* Writes it. `title` is printed above it. */
void hist_picture_write(const struct hist_picture *p, const char *title, struct buffer *out);

#endif
