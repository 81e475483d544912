// SPDX-License-Identifier: Apache-2.0
// The members of BPF.h's classes.
#pragma once

#include <linux/perf_event.h>

namespace ebpf
{

// ---- static probes ----

inline StatusTuple USDT::init()
{
	void *context;

	if (context_)
		return StatusTuple::OK();
	if (pid_ > 0)
		context = bcc_usdt_new_frompid(pid_, binary_path_.empty() ? nullptr : binary_path_.c_str());
	else
		context = bcc_usdt_new_frompath(binary_path_.c_str());
	if (!context)
		return StatusTuple(-1, "Unable to read static probes for " + print_name());
	context_.reset(context, bcc_usdt_close);
	if (bcc_usdt_enable_fully_specified_probe(
		    context, provider_.c_str(), name_.c_str(), probe_func_.c_str()) != 0) {
		context_.reset();
		return StatusTuple(-1, "Unable to find static probe " + print_name());
	}
	return StatusTuple::OK();
}

inline const USDT *BPF::known(const USDT &usdt) const
{
	for (const USDT &one : usdt_)
		if (one == usdt)
			return &one;
	return nullptr;
}

namespace detail
{

// The C function's callback has no argument of the caller's.
struct UsdtPlace {
	std::string binary, func;
	uint64_t address;
	int pid;
};

inline std::vector<UsdtPlace> *&usdt_places()
{
	static thread_local std::vector<UsdtPlace> *places;

	return places;
}

inline void add_usdt_place(const char *binary, const char *func, uint64_t address, int pid)
{
	usdt_places()->push_back({binary, func, address, pid});
}

} // namespace detail

inline std::vector<BPF::Place> BPF::places(const USDT &usdt) const
{
	std::vector<detail::UsdtPlace> found;
	std::vector<Place> places;

	detail::usdt_places() = &found;
	bcc_usdt_foreach_uprobe(usdt.context_.get(), detail::add_usdt_place);
	detail::usdt_places() = nullptr;
	for (const detail::UsdtPlace &place : found)
		places.push_back({place.binary, place.func, place.address, place.pid});
	return places;
}

inline StatusTuple BPF::attach_usdt(const USDT &usdt, pid_t pid)
{
	const USDT *own = known(usdt);

	if (!own || !own->context_)
		return StatusTuple(-1, "USDT %s was not given to init()", usdt.print_name().c_str());
	std::vector<Place> all = places(*own);
	if (all.empty())
		return StatusTuple(-1, "USDT %s has no place", usdt.print_name().c_str());
	for (const Place &place : all) {
		StatusTuple status = attach_uprobe(place.binary, "", own->probe_func_, place.address,
			BPF_PROBE_ENTRY, pid > 0 ? pid : place.pid);

		if (!status.ok()) {
			detach_usdt(usdt, pid);
			return status;
		}
	}
	return StatusTuple::OK();
}

inline StatusTuple BPF::detach_usdt(const USDT &usdt, pid_t pid)
{
	const USDT *own = known(usdt);
	StatusTuple first = StatusTuple::OK();

	if (!own || !own->context_)
		return StatusTuple(-1, "USDT %s was not given to init()", usdt.print_name().c_str());
	for (const Place &place : places(*own)) {
		StatusTuple status = detach_uprobe(
			place.binary, "", place.address, BPF_PROBE_ENTRY, pid > 0 ? pid : place.pid);

		if (!status.ok() && first.ok())
			first = status;
	}
	return first;
}

inline StatusTuple BPF::attach_usdt_all()
{
	for (const USDT &usdt : usdt_)
		TRY2(attach_usdt(usdt));
	return StatusTuple::OK();
}

inline StatusTuple BPF::detach_usdt_all()
{
	for (const USDT &usdt : usdt_)
		TRY2(detach_usdt(usdt));
	return StatusTuple::OK();
}

// ---- the module ----

inline StatusTuple BPF::init_usdt(const USDT &usdt)
{
	USDT own(usdt);

	if (module_)
		return StatusTuple(-1, "static probes are for texts that are not compiled yet");
	TRY2(own.init());
	usdt_.push_back(own);
	return StatusTuple::OK();
}

inline StatusTuple BPF::init(
	const std::string &bpf_program, const std::vector<std::string> &cflags, const std::vector<USDT> &usdt)
{
	std::vector<const char *> flags;
	std::vector<void *> contexts;
	std::string text;

	if (module_)
		return StatusTuple(-1, "this BPF has a program");
	for (const USDT &one : usdt)
		TRY2(init_usdt(one));
	for (const USDT &one : usdt_)
		contexts.push_back(one.context_.get());
	if (!contexts.empty()) {
		const char *arguments = bcc_usdt_genargs(contexts.data(), static_cast<int>(contexts.size()));

		if (!arguments)
			return StatusTuple(-1, "Unable to read the arguments of static probes");
		text = arguments;
	}
	text += bpf_program;
	for (const std::string &flag : cflags)
		flags.push_back(flag.c_str());
	module_ = bcc_module_create_in_namespace(text.c_str(), flag_, flags.data(),
		static_cast<int>(flags.size()), allow_rlimit_, maps_ns_.c_str());
	if (!module_)
		return StatusTuple(-1, "Unable to initialize BPF program");
	return StatusTuple::OK();
}

inline BPF::~BPF()
{
	detach_all();
	for (auto &func : funcs_)
		::close(func.second);
	if (build_ids_)
		bcc_free_buildsymcache(build_ids_);
	bpf_module_destroy(module_);
}

inline StatusTuple BPF::load_func(const std::string &func_name, enum bpf_prog_type type, int &fd, unsigned,
	enum bpf_attach_type attach_type)
{
	auto loaded = funcs_.find(func_name);
	const char *name = func_name.c_str();
	auto insns = static_cast<struct bpf_insn *>(module_ ? bpf_function_start(module_, name) : nullptr);
	int log_level = flag_ & DEBUG_BPF_REGISTER_STATE ? 2 : flag_ & DEBUG_BPF ? 1 : 0;

	if (loaded != funcs_.end()) {
		fd = loaded->second;
		return StatusTuple::OK();
	}
	if (!insns)
		return StatusTuple(-1, "Can't find function %s", name);
	fd = bcc_func_load(module_, type, name, insns, static_cast<int>(bpf_function_size(module_, name)),
		bpf_module_license(module_), bpf_module_kern_version(module_), log_level, nullptr, 0, nullptr,
		static_cast<int>(attach_type));
	if (fd < 0)
		return StatusTuple(-1, "Failed to load %s: %d", name, fd);
	funcs_[func_name] = fd;
	return StatusTuple::OK();
}

inline StatusTuple BPF::unload_func(const std::string &func_name)
{
	auto loaded = funcs_.find(func_name);
	int ret;

	if (loaded == funcs_.end())
		return StatusTuple::OK();
	ret = ::close(loaded->second);
	funcs_.erase(loaded);
	return detail::done(ret == 0, "unloading");
}

inline StatusTuple BPF::attach_func(
	int prog_fd, int attachable_fd, enum bpf_attach_type attach_type, uint64_t flags)
{
	return detail::done(
		bpf_prog_attach(prog_fd, attachable_fd, attach_type, static_cast<unsigned>(flags)) == 0,
		"attaching");
}

inline StatusTuple BPF::detach_func(int prog_fd, int attachable_fd, enum bpf_attach_type attach_type)
{
	return detail::done(bpf_prog_detach2(prog_fd, attachable_fd, attach_type) == 0, "detaching");
}

// ---- probes: kept by the name of their event until they are detached ----

inline StatusTuple BPF::keep(
	Probes &probes, const std::string &event, const std::string &func, int fd, const std::string &what)
{
	if (fd < 0)
		return StatusTuple(-1, "Unable to attach " + what + " using " + func);
	probes[event] = open_probe_t{fd, func, {}};
	return StatusTuple::OK();
}

inline StatusTuple BPF::close_probe(const open_probe_t &probe)
{
	bool well = probe.perf_event_fd < 0 || bpf_close_perf_event_fd(probe.perf_event_fd) == 0;

	for (const auto &event : probe.per_cpu_fd)
		well = bpf_close_perf_event_fd(event.second) == 0 && well;
	TRY2(detail::done(well, "closing an event"));
	// a program goes with its last probe
	for (const Probes *probes : {&kprobes_, &uprobes_, &tracepoints_, &raw_tracepoints_})
		for (const auto &other : *probes)
			if (other.second.func == probe.func)
				return StatusTuple::OK();
	for (const auto &other : perf_events_)
		if (other.second.func == probe.func)
			return StatusTuple::OK();
	return unload_func(probe.func);
}

inline StatusTuple BPF::drop(Probes &probes, const std::string &event, const std::string &what)
{
	auto found = probes.find(event);

	if (found == probes.end())
		return StatusTuple(-1, "No open " + what);
	open_probe_t probe = found->second;
	probes.erase(found);
	return close_probe(probe);
}

inline StatusTuple BPF::detach_all()
{
	std::string errors;

	for (Probes *probes : {&kprobes_, &uprobes_, &tracepoints_, &raw_tracepoints_})
		while (!probes->empty()) {
			std::string event = probes->begin()->first;
			StatusTuple status = drop(*probes, event, event);

			if (!status.ok())
				errors += "Failed to detach " + event + ": " + status.msg() + "\n";
		}
	while (!perf_events_.empty()) {
		open_probe_t probe = perf_events_.begin()->second;

		perf_events_.erase(perf_events_.begin());
		StatusTuple status = close_probe(probe);
		if (!status.ok())
			errors += "Failed to detach a perf event: " + status.msg() + "\n";
	}
	perf_buffers_.clear();
	perf_event_arrays_.clear();
	for (auto &func : funcs_)
		::close(func.second);
	funcs_.clear();
	return errors.empty() ? StatusTuple::OK() : StatusTuple(-1, errors);
}

inline StatusTuple BPF::attach_kprobe(const std::string &kernel_func, const std::string &probe_func,
	uint64_t kernel_func_offset, bpf_probe_attach_type attach_type, int maxactive)
{
	std::string what = "kprobe " + kernel_func, event = kprobe_event(kernel_func, attach_type);
	int prog = -1;

	if (!unused(kprobes_, event))
		return StatusTuple(-1, what + " already attached");
	TRY2(load_func(probe_func, BPF_PROG_TYPE_KPROBE, prog));
	return keep(kprobes_, event, probe_func,
		bpf_attach_kprobe(prog, attach_type, event.c_str(), kernel_func.c_str(), kernel_func_offset,
			attach_type == BPF_PROBE_RETURN ? maxactive : 0),
		what);
}

inline StatusTuple BPF::detach_kprobe(const std::string &kernel_func, bpf_probe_attach_type attach_type)
{
	return drop(kprobes_, kprobe_event(kernel_func, attach_type), "kprobe for " + kernel_func);
}

inline StatusTuple BPF::check_binary_symbol(const std::string &binary_path, const std::string &symbol,
	uint64_t symbol_addr, std::string &module, uint64_t &offset, uint64_t symbol_offset)
{
	bcc_symbol found;

	if (bcc_resolve_symname(binary_path.c_str(), symbol.c_str(), symbol_addr, -1, nullptr, &found) < 0)
		return StatusTuple(-1, "Unable to find offset for binary %s symbol %s address %lx",
			binary_path.c_str(), symbol.c_str(), static_cast<unsigned long>(symbol_addr));
	module = found.module ? found.module : "";
	bcc_procutils_free(found.module);
	offset = found.offset + symbol_offset;
	return StatusTuple::OK();
}

inline StatusTuple BPF::attach_uprobe(const std::string &binary_path, const std::string &symbol,
	const std::string &probe_func, uint64_t symbol_addr, bpf_probe_attach_type attach_type, pid_t pid,
	uint64_t symbol_offset, uint32_t ref_ctr_offset)
{
	std::string module;
	uint64_t offset = 0;
	int prog = -1;

	if (symbol_addr != 0 && symbol_offset != 0)
		return StatusTuple(-1, "an address of its own has no offset");
	TRY2(check_binary_symbol(binary_path, symbol, symbol_addr, module, offset, symbol_offset));
	std::string what = "uprobe for binary " + module + " symbol " + symbol;
	std::string event = uprobe_event(module, offset, attach_type, pid);
	if (!unused(uprobes_, event))
		return StatusTuple(-1, what + " already attached");
	TRY2(load_func(probe_func, BPF_PROG_TYPE_KPROBE, prog));
	return keep(uprobes_, event, probe_func,
		bpf_attach_uprobe(
			prog, attach_type, event.c_str(), module.c_str(), offset, pid, ref_ctr_offset),
		what);
}

inline StatusTuple BPF::detach_uprobe(const std::string &binary_path, const std::string &symbol,
	uint64_t symbol_addr, bpf_probe_attach_type attach_type, pid_t pid, uint64_t symbol_offset)
{
	std::string module;
	uint64_t offset = 0;

	TRY2(check_binary_symbol(binary_path, symbol, symbol_addr, module, offset, symbol_offset));
	return drop(uprobes_, uprobe_event(module, offset, attach_type, pid),
		"uprobe for binary " + binary_path + " symbol " + symbol);
}

inline StatusTuple BPF::detach_all_uprobes_for_binary(const std::string &binary_path)
{
	std::string module = binary_path;
	std::vector<std::string> events;
	StatusTuple first = StatusTuple::OK();

	if (module.find('/') == std::string::npos) {
		char *path = bcc_procutils_which_so(module.c_str(), 0);

		if (path)
			module = path;
		bcc_procutils_free(path);
	}
	// KIND_MODULE_OFFSET_PID
	for (const auto &probe : uprobes_) {
		const std::string &event = probe.first;
		size_t end = event.rfind('_', event.rfind('_') - 1);

		if (event.compare(2, end - 2, module) == 0)
			events.push_back(event);
	}
	for (const std::string &event : events) {
		StatusTuple status = drop(uprobes_, event, "uprobe for binary " + binary_path);

		if (!status.ok() && first.ok())
			first = status;
	}
	return first;
}

inline StatusTuple BPF::attach_tracepoint(const std::string &tracepoint, const std::string &probe_func)
{
	size_t colon = tracepoint.find(':');
	int prog = -1;

	if (!unused(tracepoints_, tracepoint))
		return StatusTuple(-1, "Tracepoint " + tracepoint + " already attached");
	if (colon == std::string::npos || colon == 0 || colon + 1 == tracepoint.size())
		return StatusTuple(-1, "Unable to parse Tracepoint " + tracepoint);
	TRY2(load_func(probe_func, BPF_PROG_TYPE_TRACEPOINT, prog));
	return keep(tracepoints_, tracepoint, probe_func,
		bpf_attach_tracepoint(
			prog, tracepoint.substr(0, colon).c_str(), tracepoint.substr(colon + 1).c_str()),
		"Tracepoint " + tracepoint);
}

inline StatusTuple BPF::detach_tracepoint(const std::string &tracepoint)
{
	return drop(tracepoints_, tracepoint, "Tracepoint " + tracepoint);
}

inline StatusTuple BPF::attach_raw_tracepoint(const std::string &tracepoint, const std::string &probe_func)
{
	int prog = -1;

	if (!unused(raw_tracepoints_, tracepoint))
		return StatusTuple(-1, "Raw tracepoint " + tracepoint + " already attached");
	TRY2(load_func(probe_func, BPF_PROG_TYPE_RAW_TRACEPOINT, prog));
	return keep(raw_tracepoints_, tracepoint, probe_func,
		bpf_attach_raw_tracepoint(prog, tracepoint.c_str()), "Raw tracepoint " + tracepoint);
}

inline StatusTuple BPF::detach_raw_tracepoint(const std::string &tracepoint)
{
	return drop(raw_tracepoints_, tracepoint, "Raw tracepoint " + tracepoint);
}

// ---- perf events ----

inline StatusTuple BPF::on_cpus(uint32_t type, uint32_t config, const std::string &func, int cpu,
	const std::function<int(int, int)> &attach)
{
	std::pair<uint32_t, uint32_t> event(type, config);
	open_probe_t probe{-1, func, {}};
	int prog = -1;

	if (perf_events_.count(event))
		return StatusTuple(-1, "Perf event type %u config %u already attached", type, config);
	TRY2(load_func(func, BPF_PROG_TYPE_PERF_EVENT, prog));
	for (int one : cpu >= 0 ? std::vector<int>{cpu} : detail::cpus_of("/sys/devices/system/cpu/online")) {
		int fd = attach(prog, one);

		if (fd < 0) {
			close_probe(probe);
			return StatusTuple(-1, "Failed to attach perf event type %u config %u", type, config);
		}
		probe.per_cpu_fd.emplace_back(one, fd);
	}
	perf_events_[event] = probe;
	return StatusTuple::OK();
}

inline StatusTuple BPF::attach_perf_event(uint32_t ev_type, uint32_t ev_config, const std::string &probe_func,
	uint64_t sample_period, uint64_t sample_freq, pid_t pid, int cpu, int group_fd)
{
	return on_cpus(ev_type, ev_config, probe_func, cpu, [=](int prog, int one) {
		return bpf_attach_perf_event(
			prog, ev_type, ev_config, sample_period, sample_freq, pid, one, group_fd);
	});
}

inline StatusTuple BPF::attach_perf_event_raw(void *perf_event_attr, const std::string &probe_func, pid_t pid,
	int cpu, int group_fd, unsigned long extra_flags)
{
	auto attr = static_cast<struct perf_event_attr *>(perf_event_attr);

	return on_cpus(
		attr->type, static_cast<uint32_t>(attr->config), probe_func, cpu, [=](int prog, int one) {
			return bpf_attach_perf_event_raw(
				prog, perf_event_attr, pid, one, group_fd, extra_flags);
		});
}

inline StatusTuple BPF::detach_perf_event(uint32_t ev_type, uint32_t ev_config)
{
	auto found = perf_events_.find({ev_type, ev_config});

	if (found == perf_events_.end())
		return StatusTuple(-1, "Perf Event type %u config %u not attached", ev_type, ev_config);
	open_probe_t probe = found->second;
	perf_events_.erase(found);
	return close_probe(probe);
}

inline StatusTuple BPF::detach_perf_event_raw(void *perf_event_attr)
{
	auto attr = static_cast<struct perf_event_attr *>(perf_event_attr);

	return detach_perf_event(attr->type, static_cast<uint32_t>(attr->config));
}

inline StatusTuple BPF::open_perf_event(const std::string &name, uint32_t type, uint64_t config, int pid)
{
	auto &array = perf_event_arrays_[name];

	if (!array) {
		if (!desc(name).type) {
			perf_event_arrays_.erase(name);
			return StatusTuple(-1, "open_perf_event: unable to find table " + name);
		}
		array.reset(new BPFPerfEventArray(desc(name)));
	}
	return array->open_all_cpu(type, config, pid);
}

inline StatusTuple BPF::close_perf_event(const std::string &name)
{
	auto found = perf_event_arrays_.find(name);

	if (found == perf_event_arrays_.end())
		return StatusTuple(-1, "Perf Event for " + name + " not open");
	StatusTuple status = found->second->close_all_cpu();
	perf_event_arrays_.erase(found);
	return status;
}

// ---- perf buffers ----

inline StatusTuple BPF::open_perf_buffer(const std::string &name, perf_reader_raw_cb cb,
	perf_reader_lost_cb lost_cb, void *cb_cookie, int page_cnt)
{
	auto &buffer = perf_buffers_[name];

	if (!buffer) {
		if (!desc(name).type) {
			perf_buffers_.erase(name);
			return StatusTuple(-1, "open_perf_buffer: unable to find table " + name);
		}
		buffer.reset(new BPFPerfBuffer(desc(name)));
	}
	if (page_cnt <= 0 || (page_cnt & (page_cnt - 1)) != 0)
		return StatusTuple(-1, "open_perf_buffer: page_cnt must be a power of two");
	return buffer->open_all_cpu(cb, lost_cb, cb_cookie, page_cnt);
}

inline StatusTuple BPF::close_perf_buffer(const std::string &name)
{
	auto found = perf_buffers_.find(name);

	if (found == perf_buffers_.end())
		return StatusTuple(-1, "Perf buffer for " + name + " not open");
	StatusTuple status = found->second->close_all_cpu();
	perf_buffers_.erase(found);
	return status;
}

inline BPFPerfBuffer *BPF::get_perf_buffer(const std::string &name)
{
	auto found = perf_buffers_.find(name);

	return found == perf_buffers_.end() ? nullptr : found->second.get();
}

inline int BPF::poll_perf_buffer(const std::string &name, int timeout_ms)
{
	BPFPerfBuffer *buffer = get_perf_buffer(name);

	return buffer ? buffer->poll(timeout_ms) : -1;
}

// ---- names of system calls ----

inline std::string BPF::get_syscall_fnname(const std::string &name)
{
	if (!syscall_prefix_) {
		void *kernel = bcc_symcache_new(-1, nullptr);
		uint64_t address;

		// 4.17 gave them the architecture's prefix
		for (const char *prefix : {"__x64_sys_", "__arm64_sys_", "__s390x_sys_", "sys_"}) {
			if (!kernel || bcc_symcache_resolve_name(kernel, nullptr,
					       (std::string(prefix) + "bpf").c_str(), &address) != 0)
				continue;
			syscall_prefix_.reset(new std::string(prefix));
			break;
		}
		if (kernel)
			bcc_free_symcache(kernel, -1);
		if (!syscall_prefix_)
			syscall_prefix_.reset(new std::string("sys_"));
	}
	return *syscall_prefix_ + name;
}

} // namespace ebpf
