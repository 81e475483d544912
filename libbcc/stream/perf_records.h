/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a perf event's mapped buffer, for events that have nothing but raw data (PERF_SAMPLE_RAW). */
#ifndef LIBBCC_STREAM_PERF_RECORDS_H
#define LIBBCC_STREAM_PERF_RECORDS_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BCC_PERF_RECORD_MAX 65536 /* perf_event_header's size has 16 bits */

/* As mapped: the first page, and behind it data_size bytes, a power of two. */
struct bcc_perf_ring {
	struct perf_event_mmap_page *page; /* NULL: not mapped */
	size_t page_size, data_size;
	pid_t mapped_by;
};

/* Maps what the ring's sizes say of the event: 0 or a negative errno. */
int bcc_perf_ring_map(struct bcc_perf_ring *ring, int fd);
/* Nothing when it is not mapped. A child has not the mapping, and may have something else in its place: it stays there. */
void bcc_perf_ring_unmap(struct bcc_perf_ring *ring);

/* A record as it is handed out: in one piece, and aligned. */
struct bcc_perf_record {
	uint32_t type; /* PERF_RECORD_…; 0: none of them */
	size_t size;   /* of a sample's data */
	uint64_t lost; /* of PERF_RECORD_LOST: how many */
	uint64_t data[BCC_PERF_RECORD_MAX / sizeof(uint64_t)];
};

const struct perf_event_header *bcc_perf_header_at(const struct bcc_perf_ring *ring, uint64_t position);

/* Copies the record at `tail`, which is before `head`, and gives its room back to the kernel. Returns where the next one is. */
uint64_t bcc_perf_take(
	const struct bcc_perf_ring *ring, uint64_t tail, uint64_t head, struct bcc_perf_record *record);

#endif
