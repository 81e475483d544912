/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_LIB_STANDARD_OUTPUT_H
#define TOOLS_LIB_STANDARD_OUTPUT_H

#include <stdbool.h>

/* Flushes it. Returns whether all that was printed has arrived, or else says on stderr why not, after `name`.
 * Where nobody reads any more, nobody wanted to: that is no failure. */
bool standard_output_has_arrived(const char *name);

#endif
