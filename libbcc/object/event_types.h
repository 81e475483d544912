/* SPDX-License-Identifier: Apache-2.0 */
/* The types of what a text submits to its perf and ring buffers. */
#ifndef LIBBCC_OBJECT_EVENT_TYPES_H
#define LIBBCC_OBJECT_EVENT_TYPES_H

#include "libbcc/handle.h"

void bcc_event_types_close(struct bcc *b);

#endif
