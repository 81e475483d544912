/* SPDX-License-Identifier: Apache-2.0 */
/* Signals by number and name. */
#ifndef TOOLS_LIB_SIGNALS_H
#define TOOLS_LIB_SIGNALS_H

#include <stdint.h>

/* "KILL"; "RTMIN+3"; a number as text, if it has no name. Valid until the next call. */
const char *signal_name(int number);

/* Numbers or names, with or without SIG, separated by commas; a wrong one is a usage error. Returns a mask:
 * bit 1 << (number - 1). */
uint64_t argument_signals(const char *text);

#endif
