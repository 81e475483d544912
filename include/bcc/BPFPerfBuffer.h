// SPDX-License-Identifier: Apache-2.0
// Perf buffers and perf counters in BCC's C++ API, one a CPU.
#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

#include "BPFTableBase.h"
#include "libbpf.h"
#include "perf_reader.h"

namespace ebpf
{

class BPFPerfBuffer : public BPFTableBase<int, int>
{
      public:
	BPFPerfBuffer(const TableDesc &desc);
	BPFPerfBuffer(const BPFPerfBuffer &) = delete;
	BPFPerfBuffer &operator=(const BPFPerfBuffer &) = delete;
	~BPFPerfBuffer()
	{
		close_all_cpu();
	}

	StatusTuple open_all_cpu(
		perf_reader_raw_cb cb, perf_reader_lost_cb lost_cb, void *cb_cookie, int page_cnt)
	{
		return open_all_cpu(cb, lost_cb, cb_cookie, page_cnt, 1);
	}
	StatusTuple open_all_cpu(perf_reader_raw_cb cb, perf_reader_lost_cb lost_cb, void *cb_cookie,
		int page_cnt, int wakeup_events);
	StatusTuple close_all_cpu();
	// How many CPUs had something; -1 is an error.
	int poll(int timeout_ms);
	// What is there, without waiting
	int consume();

      private:
	StatusTuple open_on_cpu(perf_reader_raw_cb cb, perf_reader_lost_cb lost_cb, void *cb_cookie,
		int page_cnt, struct bcc_perf_buffer_opts &opts);

	std::map<int, perf_reader *> readers_;
	int epoll_ = -1;
};

class BPFPerfEventArray : public BPFTableBase<int, int>
{
      public:
	BPFPerfEventArray(const TableDesc &desc);
	BPFPerfEventArray(const BPFPerfEventArray &) = delete;
	BPFPerfEventArray &operator=(const BPFPerfEventArray &) = delete;
	~BPFPerfEventArray()
	{
		close_all_cpu();
	}

	StatusTuple open_all_cpu(uint32_t type, uint64_t config, int pid = -1);
	StatusTuple close_all_cpu();

      private:
	std::map<int, int> fds_;
};

inline BPFPerfBuffer::BPFPerfBuffer(const TableDesc &desc) : BPFTableBase<int, int>(desc)
{
	detail::require(desc, BPF_MAP_TYPE_PERF_EVENT_ARRAY, "perf event array");
}

inline StatusTuple BPFPerfBuffer::open_on_cpu(perf_reader_raw_cb cb, perf_reader_lost_cb lost_cb,
	void *cb_cookie, int page_cnt, struct bcc_perf_buffer_opts &opts)
{
	auto reader = static_cast<perf_reader *>(
		bpf_open_perf_buffer_opts(cb, lost_cb, cb_cookie, page_cnt, &opts));
	struct epoll_event event = {};
	int fd;

	if (!reader)
		return StatusTuple(-1, "Unable to construct perf reader");
	fd = perf_reader_fd(reader);
	event.events = EPOLLIN;
	event.data.ptr = reader;
	if (!update(&opts.cpu, &fd) || epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
		StatusTuple status(
			-1, "Unable to open perf buffer on CPU %d: %s", opts.cpu, std::strerror(errno));

		perf_reader_free(reader);
		return status;
	}
	readers_[opts.cpu] = reader;
	return StatusTuple::OK();
}

inline StatusTuple BPFPerfBuffer::open_all_cpu(
	perf_reader_raw_cb cb, perf_reader_lost_cb lost_cb, void *cb_cookie, int page_cnt, int wakeup_events)
{
	if (!readers_.empty() || epoll_ >= 0)
		return StatusTuple(-1, "Previously opened perf buffer not cleaned");
	epoll_ = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_ < 0)
		return StatusTuple(-1, "Unable to poll: %s", std::strerror(errno));
	for (int cpu : detail::cpus_of("/sys/devices/system/cpu/online")) {
		bcc_perf_buffer_opts opts = {-1, cpu, wakeup_events};
		StatusTuple status = open_on_cpu(cb, lost_cb, cb_cookie, page_cnt, opts);

		if (!status.ok()) {
			close_all_cpu();
			return status;
		}
	}
	return StatusTuple::OK();
}

inline StatusTuple BPFPerfBuffer::close_all_cpu()
{
	for (auto &reader : readers_) {
		int cpu = reader.first;

		remove(&cpu);
		perf_reader_free(reader.second);
	}
	readers_.clear();
	if (epoll_ >= 0)
		::close(epoll_);
	epoll_ = -1;
	return StatusTuple::OK();
}

inline int BPFPerfBuffer::poll(int timeout_ms)
{
	std::vector<epoll_event> events(readers_.size());
	int count;

	if (epoll_ < 0 || events.empty())
		return -1;
	count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
	for (int i = 0; i < count; i++)
		perf_reader_event_read(static_cast<perf_reader *>(events[static_cast<size_t>(i)].data.ptr));
	return count;
}

inline int BPFPerfBuffer::consume()
{
	if (epoll_ < 0)
		return -1;
	for (auto &reader : readers_)
		perf_reader_event_read(reader.second);
	return 0;
}

inline BPFPerfEventArray::BPFPerfEventArray(const TableDesc &desc) : BPFTableBase<int, int>(desc)
{
	detail::require(desc, BPF_MAP_TYPE_PERF_EVENT_ARRAY, "perf event array");
}

inline StatusTuple BPFPerfEventArray::open_all_cpu(uint32_t type, uint64_t config, int pid)
{
	if (!fds_.empty())
		return StatusTuple(-1, "Previously opened perf event not cleaned");
	for (int cpu : detail::cpus_of("/sys/devices/system/cpu/online")) {
		int fd = bpf_open_perf_event(type, config, pid, cpu);

		if (fd < 0 || !update(&cpu, &fd)) {
			StatusTuple status(
				-1, "Unable to open perf event on CPU %d: %s", cpu, std::strerror(errno));

			if (fd >= 0)
				bpf_close_perf_event_fd(fd);
			close_all_cpu();
			return status;
		}
		fds_[cpu] = fd;
	}
	return StatusTuple::OK();
}

inline StatusTuple BPFPerfEventArray::close_all_cpu()
{
	bool well = true;

	for (auto &event : fds_) {
		int cpu = event.first;

		remove(&cpu);
		well = bpf_close_perf_event_fd(event.second) >= 0 && well;
	}
	fds_.clear();
	return detail::done(well, "closing perf events");
}

} // namespace ebpf
