/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as text. */
#ifndef TOOLS_LIB_UNIT_H
#define TOOLS_LIB_UNIT_H

#include <stdbool.h>
#include <stdint.h>

/* Reads "10", "0.5" of `unit` nanoseconds, or "20ms" with its own unit: ns, us, ms, s, m, h. Returns false if
 * it is none of these, or more than 70 years. */
bool unit_duration(const char *text, uint64_t unit, uint64_t *ns);

#endif
