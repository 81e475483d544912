/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_LIB_REPORT_H
#define TOOLS_LIB_REPORT_H

struct bcc;

/* Passes what tool_warn() says to a function, as lines, instead of to stderr; NULL: no longer. */
void report_divert(void (*to)(const char *line));

/* Says on stderr what bcc_error() says. Returns EXIT_FAILURE. */
int report_failure(struct bcc *b);

/* Flushes stdout. Returns the exit status: EXIT_FAILURE, with the reason on stderr, when the output could not
 * be written. */
int report_output(void);

#endif
