/* SPDX-License-Identifier: Apache-2.0 */
/* Perf buffers one by one, as BCC's clients hold them: a client puts the descriptor into the table itself. */
#include "abi.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../attach/attach.h"
#include "../cleanup.h"

#define RECORD_MAX 65536 /* perf_event_header's size has 16 bits */

struct perf_reader {
	perf_reader_raw_cb raw;
	perf_reader_lost_cb lost;
	void *cookie;
	int fd;				   /* -1: not given yet */
	struct perf_event_mmap_page *page; /* NULL: not mapped; the data follows */
	size_t page_size, data_size;
	uint64_t record[RECORD_MAX / sizeof(uint64_t)]; /* as it is handed out: in one piece, and aligned */
};

/* The layout of records in linux/perf_event.h, with PERF_SAMPLE_RAW alone */
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

struct perf_reader *perf_reader_new(
	perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie, int page_cnt)
{
	struct perf_reader *reader;
	size_t page_size = sysconf(_SC_PAGESIZE);

	if (page_cnt < 1 || page_cnt & (page_cnt - 1)) {
		bcc_abi_fail(-EINVAL, "a perf buffer needs a power of two of pages, not %d", page_cnt);
		return NULL;
	}
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return NULL;
	reader->raw = raw_cb;
	reader->lost = lost_cb;
	reader->cookie = cb_cookie;
	reader->fd = -1;
	reader->page_size = page_size;
	reader->data_size = page_size * page_cnt;
	return reader;
}

void perf_reader_free(void *ptr)
{
	struct perf_reader *reader = ptr;

	if (!reader)
		return;
	if (reader->page)
		munmap(reader->page, reader->page_size + reader->data_size);
	if (reader->fd >= 0)
		close(reader->fd);
	free(reader);
}

int perf_reader_fd(struct perf_reader *reader)
{
	return reader->fd;
}

void perf_reader_set_fd(struct perf_reader *reader, int fd)
{
	reader->fd = fd;
}

int perf_reader_mmap(struct perf_reader *reader)
{
	void *page = mmap(NULL, reader->page_size + reader->data_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		reader->fd, 0);

	if (page == MAP_FAILED)
		return bcc_abi_fail(-errno, "a perf buffer of %zu bytes cannot be mapped: %s",
			reader->data_size, strerror(errno));
	reader->page = page;
	return 0;
}

void *bpf_open_perf_buffer_opts(perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie,
	int page_cnt, struct bcc_perf_buffer_opts *opts)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = opts->wakeup_events > 0 ? opts->wakeup_events : 1};
	struct perf_reader *reader = perf_reader_new(raw_cb, lost_cb, cb_cookie, page_cnt);

	if (!reader)
		return NULL;
	reader->fd = bcc_perf_event_open(&attr, opts->pid, opts->cpu);
	if (reader->fd < 0) {
		bcc_abi_fail(reader->fd, "the perf buffer of CPU %d cannot be opened: %s", opts->cpu,
			strerror(-reader->fd));
		reader->fd = -1;
	} else if (!perf_reader_mmap(reader) && !ioctl(reader->fd, PERF_EVENT_IOC_ENABLE, 0)) {
		return reader;
	}
	perf_reader_free(reader);
	return NULL;
}

void *bpf_open_perf_buffer(perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie, int pid,
	int cpu, int page_cnt)
{
	struct bcc_perf_buffer_opts opts = {.pid = pid, .cpu = cpu, .wakeup_events = 1};

	return bpf_open_perf_buffer_opts(raw_cb, lost_cb, cb_cookie, page_cnt, &opts);
}

static void copy_out(struct perf_reader *reader, uint64_t position, size_t size)
{
	const char *data = (char *)reader->page + reader->page_size;
	size_t at = position & (reader->data_size - 1);
	size_t to_end = reader->data_size - at;

	memcpy(reader->record, data + at, size < to_end ? size : to_end);
	if (size > to_end)
		memcpy((char *)reader->record + to_end, data, size - to_end);
}

static void deliver(struct perf_reader *reader)
{
	const struct perf_event_header *header = (void *)reader->record;

	if (header->type == PERF_RECORD_SAMPLE && reader->raw) {
		struct raw_sample *sample = (void *)reader->record;
		size_t size = sample->size, max = header->size - sizeof(*sample);

		size = size < max ? size : max;
		memmove(reader->record, sample->data, size);
		reader->raw(reader->cookie, reader->record, size);
	} else if (header->type == PERF_RECORD_LOST && reader->lost) {
		reader->lost(reader->cookie, ((struct lost_record *)reader->record)->lost);
	}
}

void perf_reader_event_read(struct perf_reader *reader)
{
	uint64_t head, tail;

	if (!reader->page)
		return;
	head = __atomic_load_n(&reader->page->data_head, __ATOMIC_ACQUIRE);
	tail = reader->page->data_tail;
	while (tail < head) {
		/* records are multiples of 8 bytes, so a header never wraps around */
		const struct perf_event_header *header =
			(void *)((char *)reader->page + reader->page_size + (tail & (reader->data_size - 1)));
		size_t size = header->size;

		if (size < sizeof(*header))
			tail = head; /* not a record; there is no next one to be found */
		else
			copy_out(reader, tail, size);
		tail += tail == head ? 0 : size;
		/* copied, so its room is free for the kernel before the callback takes its time */
		__atomic_store_n(&reader->page->data_tail, tail, __ATOMIC_RELEASE);
		if (size >= sizeof(*header))
			deliver(reader);
	}
}

int perf_reader_poll(int num_readers, struct perf_reader **readers, int timeout)
{
	bcc_auto_free struct pollfd *polls = calloc(num_readers > 0 ? num_readers : 1, sizeof(*polls));

	if (!polls)
		return bcc_abi_result(-ENOMEM);
	for (int i = 0; i < num_readers; i++)
		polls[i] = (struct pollfd){.fd = readers[i]->fd, .events = POLLIN};
	if (poll(polls, num_readers, timeout) <= 0)
		return 0;
	for (int i = 0; i < num_readers; i++)
		if (polls[i].revents & POLLIN)
			perf_reader_event_read(readers[i]);
	return 0;
}

int perf_reader_consume(int num_readers, struct perf_reader **readers)
{
	for (int i = 0; i < num_readers; i++)
		perf_reader_event_read(readers[i]);
	return 0;
}
