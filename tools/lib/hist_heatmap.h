/* SPDX-License-Identifier: Apache-2.0 */
/* A line of shades for each section of a histogram, instead of its rows: how they change over time. */
#ifndef TOOLS_LIB_HIST_HEATMAP_H
#define TOOLS_LIB_HIST_HEATMAP_H

#include "hist_section.h"

/* Shades for terminals that show UTF-8, or of ASCII; the default is that of the locale. */
void hist_heatmap_set_utf8(bool utf8);

/* What the cells stand for, and their shades: above all lines. */
void hist_heatmap_write_scale(struct writer *w, const struct tool_view *view);

/* Adds the line of a section; without counts, and thus without a key, for a view that has no sections. */
void hist_heatmap_write(struct writer *w, const struct hist_section *s);

#endif
