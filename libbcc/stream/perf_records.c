/* SPDX-License-Identifier: Apache-2.0 */
#include "perf_records.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the kernel puts before a sample's data, and the record of lost samples: for the layout see
 * linux/perf_event.h. */
struct raw_sample {
	struct perf_event_header header;
	uint32_t size;
	char data[];
};

struct lost_record {
	struct perf_event_header header;
	uint64_t id;
	uint64_t lost;
};

int bcc_perf_ring_map(struct bcc_perf_ring *ring, int fd)
{
	void *page = mmap(NULL, ring->page_size + ring->data_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED)
		return -errno;
	ring->page = page;
	ring->mapped_by = getpid();
	return 0;
}

void bcc_perf_ring_unmap(struct bcc_perf_ring *ring)
{
	if (ring->page && ring->mapped_by == getpid())
		munmap(ring->page, ring->page_size + ring->data_size);
	ring->page = NULL;
}

const struct perf_event_header *bcc_perf_header_at(const struct bcc_perf_ring *ring, uint64_t position)
{
	/* records are multiples of 8 bytes, so a header never wraps around */
	return (void *)((char *)ring->page + ring->page_size + (position & (ring->data_size - 1)));
}

static void copy_out(const struct bcc_perf_ring *ring, uint64_t position, void *to, size_t size)
{
	const char *data = (char *)ring->page + ring->page_size;
	size_t at = position & (ring->data_size - 1);
	size_t to_end = ring->data_size - at;

	memcpy(to, data + at, size < to_end ? size : to_end);
	if (size > to_end)
		memcpy((char *)to + to_end, data, size - to_end);
}

/* Copies only the data of a sample, aligned as the struct was in the program. */
static void copy_sample(
	const struct bcc_perf_ring *ring, uint64_t position, size_t size, struct bcc_perf_record *record)
{
	const size_t before = sizeof(struct raw_sample);
	uint32_t length;

	if (size < before)
		return;
	copy_out(ring, position + offsetof(struct raw_sample, size), &length, sizeof(length));
	record->size = length < size - before ? length : size - before;
	copy_out(ring, position + before, record->data, record->size);
}

uint64_t bcc_perf_take(
	const struct bcc_perf_ring *ring, uint64_t tail, uint64_t head, struct bcc_perf_record *record)
{
	struct perf_event_header header = *bcc_perf_header_at(ring, tail);
	uint64_t next = tail + header.size;

	record->type = header.type;
	record->size = 0;
	record->lost = 0;
	if (header.size < sizeof(header)) {
		/* not a record, so the next one cannot be found */
		record->type = 0;
		next = head;
	} else if (header.type == PERF_RECORD_SAMPLE) {
		copy_sample(ring, tail, header.size, record);
	} else if (header.type == PERF_RECORD_LOST && header.size >= sizeof(struct lost_record)) {
		copy_out(
			ring, tail + offsetof(struct lost_record, lost), &record->lost, sizeof(record->lost));
	}
	/* copied, so the kernel can reuse its room while the callback runs */
	__atomic_store_n(&ring->page->data_tail, next, __ATOMIC_RELEASE);
	return next;
}
