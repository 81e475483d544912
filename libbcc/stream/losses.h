/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Losses of one CPU's perf buffer. The kernel writes them into the buffer with the next event that it has
 * room for, which after the last loss never comes. Since Linux 6.0 the event itself counts them
 * (PERF_FORMAT_LOST), and can be read at any time. Both are the same losses, of which each is told once.
 */
#ifndef LIBBCC_STREAM_LOSSES_H
#define LIBBCC_STREAM_LOSSES_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/perf_event.h>

struct bcc_losses {
	bool counted;	   /* by the event too */
	uint64_t recorded; /* in the buffer, so far */
	uint64_t told;
};

/* Opens a perf event that counts its losses if the kernel can do that. Returns the descriptor or a negative
 * errno. */
int bcc_losses_open(struct bcc_losses *losses, struct perf_event_attr *attr, int cpu);

/* All losses so far; without a count by the event, those recorded in the buffer. */
uint64_t bcc_losses_total(const struct bcc_losses *losses, int fd);

/* Adds what the buffer recorded. */
void bcc_losses_record(struct bcc_losses *losses, uint64_t count);
/* Those of `total` that have not been told yet, and are now. */
uint64_t bcc_losses_tell(struct bcc_losses *losses, uint64_t total);

#endif
