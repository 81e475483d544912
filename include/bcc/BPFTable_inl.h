// SPDX-License-Identifier: Apache-2.0
// The members of BPFTable.h's classes that are not templates.
#pragma once

#include <fcntl.h>

#include <fstream>

namespace ebpf
{

namespace detail
{

inline std::vector<int> cpus_of(const char *path)
{
	std::vector<int> cpus;
	std::ifstream file(path);
	int first, last;

	while (file >> first) {
		last = first;
		if (file.peek() == '-') {
			file.get();
			file >> last;
		}
		for (int cpu = first; cpu <= last; cpu++)
			cpus.push_back(cpu);
		file.get();
	}
	return cpus;
}

} // namespace detail

// ---- BPFTable ----

inline bool BPFTable::per_cpu() const
{
	return desc.type == BPF_MAP_TYPE_PERCPU_HASH || desc.type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       desc.type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

inline StatusTuple BPFTable::get_value(const std::string &key_text, std::string &value_text)
{
	std::vector<std::string> all;

	TRY2(get_value(key_text, all));
	value_text = all[0];
	return StatusTuple::OK();
}

inline StatusTuple BPFTable::get_value(const std::string &key_text, std::vector<std::string> &value_texts)
{
	size_t count = per_cpu() ? get_possible_cpu_count() : 1;
	std::vector<char> key(desc.key_size), values(count * stride());

	TRY2(desc.key_sscanf(key_text.c_str(), key.data()));
	if (!lookup(key.data(), values.data()))
		return StatusTuple(-1, "error getting value: %s", std::strerror(errno));
	value_texts.resize(count);
	for (size_t i = 0; i < count; i++)
		TRY2(detail::print(
			desc.leaf_snprintf, desc.leaf_size, &values[i * stride()], value_texts[i]));
	return StatusTuple::OK();
}

inline StatusTuple BPFTable::update_value(const std::string &key_text, const std::string &value_text)
{
	return update_value(
		key_text, std::vector<std::string>(per_cpu() ? get_possible_cpu_count() : 1, value_text));
}

inline StatusTuple BPFTable::update_value(
	const std::string &key_text, const std::vector<std::string> &value_texts)
{
	size_t count = per_cpu() ? get_possible_cpu_count() : 1;
	std::vector<char> key(desc.key_size), values(count * stride());

	if (value_texts.size() != count)
		return StatusTuple(-1, "bad value size");
	TRY2(desc.key_sscanf(key_text.c_str(), key.data()));
	for (size_t i = 0; i < count; i++)
		TRY2(desc.leaf_sscanf(value_texts[i].c_str(), &values[i * stride()]));
	if (!update(key.data(), values.data()))
		return StatusTuple(-1, "error updating element: %s", std::strerror(errno));
	return StatusTuple::OK();
}

inline StatusTuple BPFTable::remove_value(const std::string &key_text)
{
	std::vector<char> key(desc.key_size);

	TRY2(desc.key_sscanf(key_text.c_str(), key.data()));
	return detail::done(remove(key.data()), "removing value");
}

inline StatusTuple BPFTable::clear_table_non_atomic()
{
	std::vector<char> key(desc.key_size), zeros((per_cpu() ? get_possible_cpu_count() : 1) * stride());

	if (desc.type == BPF_MAP_TYPE_ARRAY || desc.type == BPF_MAP_TYPE_PERCPU_ARRAY) {
		for (int i = 0; i < static_cast<int>(capacity()); i++)
			if (!update(&i, zeros.data()))
				return StatusTuple(-1, "error clearing value: %s", std::strerror(errno));
		return StatusTuple::OK();
	}
	while (first(key.data()))
		if (!remove(key.data()))
			return StatusTuple(-1, "error removing value: %s", std::strerror(errno));
	return StatusTuple::OK();
}

inline StatusTuple BPFTable::get_table_offline(std::vector<std::pair<std::string, std::string>> &pairs)
{
	std::vector<char> key(desc.key_size), value((per_cpu() ? get_possible_cpu_count() : 1) * stride());
	std::string key_text, value_text;

	for (bool more = first(key.data()); more; more = next(key.data(), key.data())) {
		if (!lookup(key.data(), value.data())) {
			if (errno == ENOENT) // it went away, or no one put it there
				continue;
			return StatusTuple(-1, "error getting value: %s", std::strerror(errno));
		}
		TRY2(detail::print(desc.key_snprintf, desc.key_size, key.data(), key_text));
		TRY2(detail::print(desc.leaf_snprintf, desc.leaf_size, value.data(), value_text));
		pairs.emplace_back(key_text, value_text);
	}
	return StatusTuple::OK();
}

// ---- BPFCgroupArray ----

inline StatusTuple BPFCgroupArray::update_value(const int &index, const std::string &cgroup2_path)
{
	int fd = ::open(cgroup2_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return StatusTuple(-1, "Unable to open %s: %s", cgroup2_path.c_str(), std::strerror(errno));
	StatusTuple status = update_value(index, fd);
	::close(fd);
	return status;
}

// ---- stacks ----

inline BPFStackTable::BPFStackTable(const TableDesc &desc, bool use_debug_file, bool check_debug_file_crc)
    : BPFTableBase<int, stacktrace_t>(desc)
{
	detail::require(desc, {BPF_MAP_TYPE_STACK_TRACE}, "stack");
	symbol_option_ = {use_debug_file, check_debug_file_crc, 1, BCC_SYM_ALL_TYPES};
}

inline BPFStackTable::~BPFStackTable()
{
	for (auto &cache : caches_)
		bcc_free_symcache(cache.second, cache.first);
}

inline void BPFStackTable::free_symcache(int pid)
{
	auto found = caches_.find(pid);

	if (found == caches_.end())
		return;
	bcc_free_symcache(found->second, pid);
	caches_.erase(found);
}

inline void BPFStackTable::clear_table_non_atomic()
{
	for (int id = 0; id < static_cast<int>(capacity()); id++)
		remove(&id);
}

inline std::vector<uintptr_t> BPFStackTable::get_stack_addr(int stack_id)
{
	std::vector<uintptr_t> addresses;
	stacktrace_t stack = {};

	// negative: what the program got in the place of a stack, -EFAULT for none
	if (stack_id < 0 || !lookup(&stack_id, &stack))
		return addresses;
	for (int i = 0; i < BPF_MAX_STACK_DEPTH && stack.ip[i]; i++)
		addresses.push_back(stack.ip[i]);
	return addresses;
}

inline std::vector<std::string> BPFStackTable::get_stack_symbol(int stack_id, int pid)
{
	std::vector<std::string> names;
	int owner = pid < 0 ? -1 : pid;
	void *&cache = caches_[owner];

	if (!cache)
		cache = bcc_symcache_new(owner, &symbol_option_);
	for (uintptr_t address : get_stack_addr(stack_id)) {
		bcc_symbol symbol;

		if (!cache || bcc_symcache_resolve(cache, address, &symbol) != 0) {
			names.emplace_back("[UNKNOWN]");
			continue;
		}
		names.emplace_back(symbol.demangle_name);
		bcc_symbol_free_demangle_name(&symbol);
	}
	return names;
}

inline BPFStackBuildIdTable::BPFStackBuildIdTable(const TableDesc &desc, bool, bool, void *bsymcache)
    : BPFTableBase<int, stacktrace_buildid_t>(desc), cache_(bsymcache)
{
	detail::require(desc, {BPF_MAP_TYPE_STACK_TRACE}, "stack");
}

inline void BPFStackBuildIdTable::clear_table_non_atomic()
{
	for (int id = 0; id < static_cast<int>(capacity()); id++)
		remove(&id);
}

inline std::vector<bpf_stack_build_id> BPFStackBuildIdTable::get_stack_addr(int stack_id)
{
	std::vector<bpf_stack_build_id> frames;
	stacktrace_buildid_t stack = {};

	if (stack_id < 0 || !lookup(&stack_id, &stack))
		return frames;
	for (const bpf_stack_build_id &frame : stack.trace) {
		if (frame.status == BPF_STACK_BUILD_ID_EMPTY)
			break;
		frames.push_back(frame);
	}
	return frames;
}

inline std::vector<std::string> BPFStackBuildIdTable::get_stack_symbol(int stack_id)
{
	std::vector<std::string> names;

	for (bpf_stack_build_id &frame : get_stack_addr(stack_id)) {
		bcc_symbol symbol;

		if (!cache_ || bcc_buildsymcache_resolve(cache_, &frame, &symbol) != 0) {
			names.emplace_back("[UNKNOWN]");
			continue;
		}
		names.emplace_back(symbol.name);
		bcc_symbol_free_demangle_name(&symbol);
	}
	return names;
}

// ---- perf buffers ----

inline BPFPerfBuffer::BPFPerfBuffer(const TableDesc &desc) : BPFTableBase<int, int>(desc)
{
	detail::require(desc, {BPF_MAP_TYPE_PERF_EVENT_ARRAY}, "perf event array");
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
	detail::require(desc, {BPF_MAP_TYPE_PERF_EVENT_ARRAY}, "perf event array");
}

inline StatusTuple BPFPerfEventArray::open_all_cpu(uint32_t type, uint64_t config)
{
	if (!fds_.empty())
		return StatusTuple(-1, "Previously opened perf event not cleaned");
	for (int cpu : detail::cpus_of("/sys/devices/system/cpu/online")) {
		int fd = bpf_open_perf_event(type, config, -1, cpu);

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
