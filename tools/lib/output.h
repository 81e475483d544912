/* SPDX-License-Identifier: Apache-2.0 */
/* --output-file: stdout is a file, which is opened anew on SIGHUP, so that logs can be rotated. */
#ifndef TOOLS_LIB_OUTPUT_H
#define TOOLS_LIB_OUTPUT_H

#include <stdbool.h>

/* Makes stdout the file that --output-file names: empty the first time, at its end when `again`. Nothing is
 * done without that option. Returns 0, or a negative errno after it has said why; stdout is as before then.
 * `is_new`: what was opened has nothing in it. */
int output_open(bool again, bool *is_new);

#endif
