/* SPDX-License-Identifier: Apache-2.0 */
/* One section of a histogram: what was counted there since the look before. For the files that show it. */
#ifndef TOOLS_LIB_HIST_SECTION_H
#define TOOLS_LIB_HIST_SECTION_H

#include "tool.h"
#include "writer.h"

struct hist_percentiles;

struct hist_section {
	const char *key; /* the first key of the section */
	size_t key_size;
	const uint64_t *slots; /* what was added to each */
	uint64_t last, max;    /* the last one that is not empty, and the largest number */
	uint64_t count;	       /* of all slots */
	uint64_t average;      /* if the view has sums, of the section or of all */
	uint64_t total;	       /* of all, if the view has that sum */
	const struct hist_percentiles *percentiles; /* NULL: they are not shown */
	const struct tool_view *view;
	uint64_t time;
};

/* The least and the greatest value of a slot. */
void hist_section_range(const struct tool_view *view, uint64_t slot, uint64_t *low, uint64_t *high);

void hist_section_get(const struct hist_section *s, const struct tool_column *column, struct value *value);

/* Of a view with sections: adds "7 comm", and "pid = 7 comm". */
void hist_section_write_values(struct writer *w, const struct hist_section *s);
void hist_section_write(struct writer *w, const struct hist_section *s);

#endif
