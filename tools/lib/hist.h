/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms by section, of a table that only counts up: what has been added since the last look. */
#ifndef TOOLS_LIB_HIST_H
#define TOOLS_LIB_HIST_H

#include "hist_percentiles.h"
#include "tool.h"
#include "writer.h"

/* ---- the numbers; for unit tests too ---- */

struct hist;

/* Of keys of `key_size` bytes, the last 8 of which are the slot, and the rest the section. */
struct hist *hist_new(size_t key_size);
void hist_free(struct hist *h);

/* Shows these with each section, in tables and JSON; they are not copied. */
void hist_show_percentiles(struct hist *h, const struct hist_percentiles *percentiles);

/* Tables have a line of shades for each section instead of its rows. */
void hist_show_heatmap(struct hist *h);

struct hist_picture;
/* Adds each output to a picture too. */
void hist_draw(struct hist *h, struct hist_picture *picture);

/* Begins a look: what was added before it is not shown again. */
void hist_begin(struct hist *h);
/* The table has this count for the key. */
void hist_add(struct hist *h, const void *key, uint64_t count);
/* All that was counted makes this sum. */
void hist_set_sum(struct hist *h, uint64_t sum);
/* What was counted in this section makes this sum. */
void hist_set_section_sum(struct hist *h, const void *section, uint64_t sum);

/* The headings, of CSV. */
void hist_write_header(struct writer *w, const struct tool_view *view);

/* Writes what has been added since the look before, by sections in ascending order, and its sum if the view
 * has one. `time`: of the look, as of clock_now(). */
void hist_write(struct hist *h, struct writer *w, const struct tool_view *view, uint64_t time);

/* Adds the rows of a histogram that a tool has counted by itself, with the slots of bpf_log2l(). */
void hist_add_log2(struct buffer *out, const char *unit, const uint64_t *slots, uint64_t count);

/* ---- the table ---- */

/* A look at the view's table. Returns 0, or a negative errno; bcc_error() has the reason. */
int hist_read(struct hist *h, struct bcc *b, const struct tool_view *view);

/* For the view's table. */
struct hist *hist_open(struct bcc *b, const struct tool_view *view);

#endif
