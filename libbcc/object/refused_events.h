/* SPDX-License-Identifier: Apache-2.0 */
/* How many events the ring buffers of a text refused, as its programs count them. */
#ifndef LIBBCC_OBJECT_REFUSED_EVENTS_H
#define LIBBCC_OBJECT_REFUSED_EVENTS_H

#include "libbcc/handle.h"

/* Returns 0 or a negative errno with the error recorded. `*exact` is cleared if there are refusals of which
 * it is not known whose they are. */
int bcc_refused_events_read(struct bcc *b, const char *table, uint64_t *count, bool *exact);
void bcc_refused_events_close(struct bcc *b);

#endif
