/* SPDX-License-Identifier: Apache-2.0 */
/* Single perf buffers, as BCC's clients use them: a client puts the descriptor into the table itself. */
#include "abi.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/attach/attach.h"
#include "libbcc/stream/perf_records.h"

struct perf_reader {
	perf_reader_raw_cb raw;
	perf_reader_lost_cb lost;
	void *cookie;
	int fd; /* -1: not given yet */
	struct bcc_perf_ring ring;
	struct bcc_perf_record record;
};

struct perf_reader *perf_reader_new(
	perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie, int page_cnt)
{
	struct perf_reader *reader;
	size_t page_size = sysconf(_SC_PAGESIZE);

	if (page_cnt < 1 || page_cnt & (page_cnt - 1)) {
		bcc_abi_fail(-EINVAL, "the number of pages of a perf buffer must be a power of two, not %d",
			page_cnt);
		return NULL;
	}
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return NULL;
	reader->raw = raw_cb;
	reader->lost = lost_cb;
	reader->cookie = cb_cookie;
	reader->fd = -1;
	reader->ring.page_size = page_size;
	reader->ring.data_size = page_size * page_cnt;
	return reader;
}

void perf_reader_free(void *ptr)
{
	struct perf_reader *reader = ptr;

	if (!reader)
		return;
	bcc_perf_ring_unmap(&reader->ring);
	if (reader->fd >= 0)
		close(reader->fd);
	free(reader);
}

int perf_reader_fd(struct perf_reader *reader)
{
	return reader ? reader->fd : -1;
}

void perf_reader_set_fd(struct perf_reader *reader, int fd)
{
	if (reader)
		reader->fd = fd;
}

int perf_reader_mmap(struct perf_reader *reader)
{
	int ret;

	if (!reader)
		return bcc_abi_result(-EINVAL);
	ret = bcc_perf_ring_map(&reader->ring, reader->fd);
	if (ret < 0)
		return bcc_abi_fail(ret, "a perf buffer of %zu bytes cannot be mapped: %s",
			reader->ring.data_size, strerror(-ret));
	return 0;
}

void *bpf_open_perf_buffer_opts(perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie,
	int page_cnt, struct bcc_perf_buffer_opts *opts)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = opts && opts->wakeup_events > 0 ? opts->wakeup_events : 1};
	struct perf_reader *reader = opts ? perf_reader_new(raw_cb, lost_cb, cb_cookie, page_cnt) : NULL;

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

static void abi_perf_reader_deliver(struct perf_reader *reader)
{
	struct bcc_perf_record *record = &reader->record;

	if (record->type == PERF_RECORD_SAMPLE && reader->raw)
		reader->raw(reader->cookie, record->data, record->size);
	else if (record->type == PERF_RECORD_LOST && reader->lost)
		reader->lost(reader->cookie, record->lost);
	else if (record->type == PERF_RECORD_LOST)
		/* BCC's words: its Python tools leave it to the library to tell their users */
		fprintf(stderr, "Possibly lost %llu samples\n", (unsigned long long)record->lost);
}

void perf_reader_event_read(struct perf_reader *reader)
{
	uint64_t head, tail;

	if (!reader || !reader->ring.page)
		return;
	head = __atomic_load_n(&reader->ring.page->data_head, __ATOMIC_ACQUIRE);
	tail = reader->ring.page->data_tail;
	while (tail < head) {
		tail = bcc_perf_take(&reader->ring, tail, head, &reader->record);
		abi_perf_reader_deliver(reader);
	}
}

int perf_reader_poll(int num_readers, struct perf_reader **readers, int timeout)
{
	bcc_auto_free struct pollfd *polls = calloc(num_readers > 0 ? num_readers : 1, sizeof(*polls));

	if (!polls)
		return bcc_abi_result(-ENOMEM);
	if (num_readers < 0 || (!readers && num_readers > 0))
		return bcc_abi_result(-EINVAL);
	for (int i = 0; i < num_readers; i++)
		polls[i] = (struct pollfd){.fd = perf_reader_fd(readers[i]), .events = POLLIN};
	if (poll(polls, num_readers, timeout) <= 0)
		return 0;
	for (int i = 0; i < num_readers; i++)
		if (polls[i].revents & POLLIN)
			perf_reader_event_read(readers[i]);
	return 0;
}

int perf_reader_consume(int num_readers, struct perf_reader **readers)
{
	for (int i = 0; readers && i < num_readers; i++)
		perf_reader_event_read(readers[i]);
	return 0;
}
