// SPDX-License-Identifier: Apache-2.0
// BCC's C++ API, as headers over BCC's C functions: link with -lbcc. New programs are better off with bcc.h,
// which is for C++ too.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cctype>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "BPFTable.h"
#include "bcc_common.h"
#include "bcc_exception.h"
#include "bcc_syms.h"
#include "bcc_usdt.h"
#include "bcc_version.h"
#include "bpf_module.h"
#include "libbpf.h"
#include "table_storage.h"

static const int DEFAULT_PERF_BUFFER_PAGE_CNT = 8;

namespace ebpf
{

class BPF;

// A static probe of a program or library, and the function of the text that it runs
class USDT
{
      public:
	USDT(const std::string &binary_path, const std::string &provider, const std::string &name,
		const std::string &probe_func)
	    : USDT(binary_path, -1, provider, name, probe_func)
	{
	}
	USDT(pid_t pid, const std::string &provider, const std::string &name, const std::string &probe_func)
	    : USDT("", pid, provider, name, probe_func)
	{
	}
	USDT(const std::string &binary_path, pid_t pid, const std::string &provider, const std::string &name,
		const std::string &probe_func)
	    : binary_path_(binary_path), pid_(pid), provider_(provider), name_(name), probe_func_(probe_func)
	{
	}

	const std::string &binary_path() const
	{
		return binary_path_;
	}
	pid_t pid() const
	{
		return pid_;
	}
	const std::string &provider() const
	{
		return provider_;
	}
	const std::string &name() const
	{
		return name_;
	}
	const std::string &probe_func() const
	{
		return probe_func_;
	}

	// Finds the probe. BPF::init() does so.
	StatusTuple init();

	bool operator==(const USDT &other) const
	{
		return binary_path_ == other.binary_path_ && pid_ == other.pid_ &&
		       provider_ == other.provider_ && name_ == other.name_ &&
		       probe_func_ == other.probe_func_;
	}

	std::string print_name() const
	{
		return provider_ + ":" + name_ + " from binary " + binary_path_ + " PID " +
		       std::to_string(pid_) + " for probe " + probe_func_;
	}

	friend std::ostream &operator<<(std::ostream &out, const USDT &usdt)
	{
		return out << usdt.print_name();
	}

	// Mapped files are found by path and by inode, so that there is nothing to choose.
	int set_probe_matching_kludge(uint8_t)
	{
		return 0;
	}

      private:
	std::string binary_path_;
	pid_t pid_; // -1: of all
	std::string provider_;
	std::string name_;
	std::string probe_func_;
	std::shared_ptr<void> context_; // of bcc_usdt_new_…()

	friend class BPF;
};

struct open_probe_t {
	int perf_event_fd;
	std::string func;
	std::vector<std::pair<int, int>> per_cpu_fd; // CPU and event, where there is one for each
};

class BPF
{
      public:
	static const int BPF_MAX_STACK_DEPTH = 127;

	// maps_ns: BPF_TABLE_SHARED is the same table in all texts with the same one. There is one storage of
	// tables, whether it is passed or not.
	explicit BPF(unsigned int flag = 0, TableStorage * = nullptr, bool = bpf_module_rw_engine_enabled(),
		const std::string &maps_ns = "", bool allow_rlimit = true)
	    : flag_(flag), allow_rlimit_(allow_rlimit), maps_ns_(maps_ns)
	{
	}
	BPF(const BPF &) = delete;
	BPF &operator=(const BPF &) = delete;
	~BPF();

	// Compiles the text and makes its tables. What the compiler complains of is on stderr.
	StatusTuple init(const std::string &bpf_program, const std::vector<std::string> &cflags = {},
		const std::vector<USDT> &usdt = {});
	// Another probe, before init()
	StatusTuple init_usdt(const USDT &usdt);
	StatusTuple detach_all();

	StatusTuple attach_kprobe(const std::string &kernel_func, const std::string &probe_func,
		uint64_t kernel_func_offset = 0, bpf_probe_attach_type attach_type = BPF_PROBE_ENTRY,
		int maxactive = 0);
	StatusTuple detach_kprobe(
		const std::string &kernel_func, bpf_probe_attach_type attach_type = BPF_PROBE_ENTRY);

	StatusTuple attach_uprobe(const std::string &binary_path, const std::string &symbol,
		const std::string &probe_func, uint64_t symbol_addr = 0,
		bpf_probe_attach_type attach_type = BPF_PROBE_ENTRY, pid_t pid = -1,
		uint64_t symbol_offset = 0, uint32_t ref_ctr_offset = 0);
	StatusTuple detach_uprobe(const std::string &binary_path, const std::string &symbol,
		uint64_t symbol_addr = 0, bpf_probe_attach_type attach_type = BPF_PROBE_ENTRY, pid_t pid = -1,
		uint64_t symbol_offset = 0);

	StatusTuple detach_all_uprobes_for_binary(const std::string &binary_path);

	StatusTuple attach_usdt(const USDT &usdt, pid_t pid = -1);
	StatusTuple attach_usdt_all();
	StatusTuple detach_usdt(const USDT &usdt, pid_t pid = -1);
	StatusTuple detach_usdt_all();

	// CATEGORY:NAME
	StatusTuple attach_tracepoint(const std::string &tracepoint, const std::string &probe_func);
	StatusTuple detach_tracepoint(const std::string &tracepoint);
	StatusTuple attach_raw_tracepoint(const std::string &tracepoint, const std::string &probe_func);
	StatusTuple detach_raw_tracepoint(const std::string &tracepoint);

	// cpu -1: on all
	StatusTuple attach_perf_event(uint32_t ev_type, uint32_t ev_config, const std::string &probe_func,
		uint64_t sample_period, uint64_t sample_freq, pid_t pid = -1, int cpu = -1,
		int group_fd = -1);
	StatusTuple attach_perf_event_raw(void *perf_event_attr, const std::string &probe_func,
		pid_t pid = -1, int cpu = -1, int group_fd = -1, unsigned long extra_flags = 0);
	StatusTuple detach_perf_event(uint32_t ev_type, uint32_t ev_config);
	StatusTuple detach_perf_event_raw(void *perf_event_attr);

	StatusTuple load_func(const std::string &func_name, enum bpf_prog_type type, int &fd,
		unsigned flags = 0, enum bpf_attach_type attach_type = static_cast<enum bpf_attach_type>(-1));
	StatusTuple unload_func(const std::string &func_name);
	// To control groups, maps of sockets, …
	StatusTuple attach_func(
		int prog_fd, int attachable_fd, enum bpf_attach_type attach_type, uint64_t flags);
	StatusTuple detach_func(int prog_fd, int attachable_fd, enum bpf_attach_type attach_type);

	// "read": "__x64_sys_read", or what this kernel calls it
	std::string get_syscall_fnname(const std::string &name);

	// pid -1: of all processes
	StatusTuple open_perf_event(const std::string &name, uint32_t type, uint64_t config, int pid = -1);
	StatusTuple close_perf_event(const std::string &name);

	StatusTuple open_perf_buffer(const std::string &name, perf_reader_raw_cb cb,
		perf_reader_lost_cb lost_cb = nullptr, void *cb_cookie = nullptr,
		int page_cnt = DEFAULT_PERF_BUFFER_PAGE_CNT);
	StatusTuple close_perf_buffer(const std::string &name);
	BPFPerfBuffer *get_perf_buffer(const std::string &name);
	// How many CPUs had something; -1: an error, or no such buffer is open.
	int poll_perf_buffer(const std::string &name, int timeout_ms = -1);

	int free_bcc_memory()
	{
		return bcc_free_memory();
	}

	void *get_bsymcache()
	{
		if (!build_ids_)
			build_ids_ = bcc_buildsymcache_new();
		return build_ids_;
	}

	bool add_module(std::string module)
	{
		return bcc_buildsymcache_add_module(get_bsymcache(), module.c_str()) == 0;
	}

	// A table of another kind than asked for is a std::invalid_argument.
	BPFTable get_table(const std::string &name)
	{
		return BPFTable(desc(name));
	}
	template <class Value> BPFArrayTable<Value> get_array_table(const std::string &name)
	{
		return BPFArrayTable<Value>(desc(name));
	}
	template <class Value> BPFPercpuArrayTable<Value> get_percpu_array_table(const std::string &name)
	{
		return BPFPercpuArrayTable<Value>(desc(name));
	}
	template <class Key, class Value> BPFHashTable<Key, Value> get_hash_table(const std::string &name)
	{
		return BPFHashTable<Key, Value>(desc(name));
	}
	template <class Key, class Value>
	BPFPercpuHashTable<Key, Value> get_percpu_hash_table(const std::string &name)
	{
		return BPFPercpuHashTable<Key, Value>(desc(name));
	}
	template <class Value> BPFSkStorageTable<Value> get_sk_storage_table(const std::string &name)
	{
		return BPFSkStorageTable<Value>(desc(name));
	}
	template <class Value> BPFInodeStorageTable<Value> get_inode_storage_table(const std::string &name)
	{
		return BPFInodeStorageTable<Value>(desc(name));
	}
	template <class Value> BPFTaskStorageTable<Value> get_task_storage_table(const std::string &name)
	{
		return BPFTaskStorageTable<Value>(desc(name));
	}
	template <class Value> BPFCgStorageTable<Value> get_cg_storage_table(const std::string &name)
	{
		return BPFCgStorageTable<Value>(desc(name));
	}
	template <class Value>
	BPFPercpuCgStorageTable<Value> get_percpu_cg_storage_table(const std::string &name)
	{
		return BPFPercpuCgStorageTable<Value>(desc(name));
	}
	template <class Value> BPFQueueStackTable<Value> get_queuestack_table(const std::string &name)
	{
		return BPFQueueStackTable<Value>(desc(name));
	}
	template <class Key> BPFMapInMapTable<Key> get_map_in_map_table(const std::string &name)
	{
		return BPFMapInMapTable<Key>(desc(name));
	}
	BPFProgTable get_prog_table(const std::string &name)
	{
		return BPFProgTable(desc(name));
	}
	BPFCgroupArray get_cgroup_array(const std::string &name)
	{
		return BPFCgroupArray(desc(name));
	}
	BPFDevmapTable get_devmap_table(const std::string &name)
	{
		return BPFDevmapTable(desc(name));
	}
	BPFXskmapTable get_xskmap_table(const std::string &name)
	{
		return BPFXskmapTable(desc(name));
	}
	BPFSockmapTable get_sockmap_table(const std::string &name)
	{
		return BPFSockmapTable(desc(name));
	}
	BPFSockhashTable get_sockhash_table(const std::string &name)
	{
		return BPFSockhashTable(desc(name));
	}
	BPFStackTable get_stack_table(
		const std::string &name, bool use_debug_file = true, bool check_debug_file_crc = true)
	{
		return BPFStackTable(desc(name), use_debug_file, check_debug_file_crc);
	}
	BPFStackBuildIdTable get_stackbuildid_table(
		const std::string &name, bool use_debug_file = true, bool check_debug_file_crc = true)
	{
		return BPFStackBuildIdTable(
			desc(name), use_debug_file, check_debug_file_crc, get_bsymcache());
	}

      private:
	typedef std::map<std::string, open_probe_t> Probes;

	// One place of a static probe
	struct Place {
		std::string binary;
		std::string func;
		uint64_t address;
		pid_t pid;
	};

	TableDesc desc(const std::string &name)
	{
		return TableDesc(module_, name);
	}
	bool unused(const Probes &probes, const std::string &event) const
	{
		return !probes.count(event);
	}
	StatusTuple keep(Probes &probes, const std::string &event, const std::string &func, int fd,
		const std::string &what);
	StatusTuple drop(Probes &probes, const std::string &event, const std::string &what);
	StatusTuple close_probe(const open_probe_t &probe);
	StatusTuple on_cpus(uint32_t type, uint32_t config, const std::string &func, int cpu,
		const std::function<int(int, int)> &attach);
	StatusTuple check_binary_symbol(const std::string &binary_path, const std::string &symbol,
		uint64_t symbol_addr, std::string &module, uint64_t &offset, uint64_t symbol_offset);
	const USDT *known(const USDT &usdt) const;
	std::vector<Place> places(const USDT &usdt) const;

	static std::string kprobe_event(const std::string &func, bpf_probe_attach_type type)
	{
		return (type == BPF_PROBE_ENTRY ? "p_" : "r_") + func;
	}
	static std::string uprobe_event(
		const std::string &binary, uint64_t offset, bpf_probe_attach_type type, pid_t pid)
	{
		return (type == BPF_PROBE_ENTRY ? "p_" : "r_") + binary + "_" + std::to_string(offset) + "_" +
		       std::to_string(pid);
	}

	unsigned flag_;
	bool allow_rlimit_;
	std::string maps_ns_;
	void *module_ = nullptr;
	void *build_ids_ = nullptr;
	std::unique_ptr<std::string> syscall_prefix_;
	std::map<std::string, int> funcs_;
	std::vector<USDT> usdt_;
	Probes kprobes_, uprobes_, tracepoints_, raw_tracepoints_;
	std::map<std::pair<uint32_t, uint32_t>, open_probe_t> perf_events_;
	std::map<std::string, std::unique_ptr<BPFPerfBuffer>> perf_buffers_;
	std::map<std::string, std::unique_ptr<BPFPerfEventArray>> perf_event_arrays_;
};

} // namespace ebpf

#include "BPF_inl.h"
