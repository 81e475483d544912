/* SPDX-License-Identifier: Apache-2.0 */
/* tcpconnect -d: which name was looked up for an address, by watching for name servers' answers. */
#ifndef TOOLS_TCPCONNECT_NAMES_H
#define TOOLS_TCPCONNECT_NAMES_H

#include "column.h"

struct bcc;

/* Begins to watch. Returns 0, or a negative errno after it has said why. */
int names_open(struct bcc *b);
void names_close(void);

/* What is known of an address (4 or 16 bytes for family 4 or 6, the rest zero) at `time`, as a getter's
 * value. */
void names_query(struct value *value, int family, const uint8_t *address, uint64_t time);

#endif
