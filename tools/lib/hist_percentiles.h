/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Percentiles of a histogram. A slot keeps no values, so that of a log2 histogram is the greatest value of
 * the slot in which it lies: the true one is not greater, and more than half of it. Of a linear one it is
 * exact.
 */
#ifndef TOOLS_LIB_HIST_PERCENTILES_H
#define TOOLS_LIB_HIST_PERCENTILES_H

#include <stddef.h>
#include <stdint.h>

#define HIST_PERCENTILES 16
#define HIST_PERCENT 1000 /* percentiles are integers: 99.9 is 99900 */

struct hist_percentiles {
	unsigned count; /* 0: none are shown */
	uint32_t of[HIST_PERCENTILES];
};

/* Reads "50,99.9" of --percentiles. Ends the program if it is wrong. */
void hist_percentiles_read(struct hist_percentiles *percentiles, const char *argument);

/* The slot in which a percentile lies: the first one up to which there are so many percent of all, `count`,
 * which is not 0. */
uint64_t hist_percentiles_slot(const uint64_t *slots, uint64_t count, uint32_t percentile);

/* Writes "99.9" to `name`, and returns it. */
const char *hist_percentiles_name(uint32_t percentile, char *name, size_t size);

struct buffer;
struct hist_section;
struct json_object;

/* Adds a line. */
void hist_percentiles_write(struct buffer *b, const struct hist_section *s);

/* {"50":127,"99.9":1023}; the caller owns it. */
struct json_object *hist_percentiles_json(const struct hist_section *s);

#endif
