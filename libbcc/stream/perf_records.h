/* SPDX-License-Identifier: Apache-2.0 */
/* Records in the mapped buffer of a perf event that has only raw data (PERF_SAMPLE_RAW). */
#ifndef LIBBCC_STREAM_PERF_RECORDS_H
#define LIBBCC_STREAM_PERF_RECORDS_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BCC_PERF_RECORD_MAX 65536 /* the size in perf_event_header has 16 bits */

/* As mapped: the first page, followed by data_size bytes, a power of two. */
struct bcc_perf_ring {
	struct perf_event_mmap_page *page; /* NULL: not mapped */
	size_t page_size, data_size;
	pid_t mapped_by;
};

/* Maps the event's buffer with the sizes in `ring`. Returns 0 or a negative errno. */
int bcc_perf_ring_map(struct bcc_perf_ring *ring, int fd);
/* Does nothing if it is not mapped. A forked child does not have the mapping, and may have something else in
 * its place, which is left alone. */
void bcc_perf_ring_unmap(struct bcc_perf_ring *ring);

/* A record as it is passed on: contiguous and aligned. */
struct bcc_perf_record {
	uint32_t type; /* PERF_RECORD_…; 0: not a record */
	size_t size;   /* size of a sample's data */
	uint64_t lost; /* for PERF_RECORD_LOST: how many */
	uint64_t data[BCC_PERF_RECORD_MAX / sizeof(uint64_t)];
};

const struct perf_event_header *bcc_perf_header_at(const struct bcc_perf_ring *ring, uint64_t position);

/* Copies the record at `tail`, which is before `head`, and gives its room back to the kernel. Returns the
 * position of the next one. */
uint64_t bcc_perf_take(
	const struct bcc_perf_ring *ring, uint64_t tail, uint64_t head, struct bcc_perf_record *record);

#endif
