// SPDX-License-Identifier: Apache-2.0
// Tables of stacks in BCC's C++ API: by address, and by build ID and offset.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "BPFTableBase.h"
#include "bcc_syms.h"

namespace ebpf
{

static const int BPF_MAX_STACK_DEPTH = 127;

struct stacktrace_t {
	uintptr_t ip[BPF_MAX_STACK_DEPTH];
};

struct stacktrace_buildid_t {
	struct bpf_stack_build_id trace[BPF_MAX_STACK_DEPTH];
};

class BPFStackTable : public BPFTableBase<int, stacktrace_t>
{
      public:
	BPFStackTable(const TableDesc &desc, bool use_debug_file, bool check_debug_file_crc);
	BPFStackTable(BPFStackTable &&) = default;
	~BPFStackTable();

	void free_symcache(int pid);
	void clear_table_non_atomic();
	std::vector<uintptr_t> get_stack_addr(int stack_id);
	// pid -1: the kernel's stack
	std::vector<std::string> get_stack_symbol(int stack_id, int pid);

      private:
	bcc_symbol_option symbol_option_;
	std::map<int, void *> caches_;
};

class BPFStackBuildIdTable : public BPFTableBase<int, stacktrace_buildid_t>
{
      public:
	BPFStackBuildIdTable(
		const TableDesc &desc, bool use_debug_file, bool check_debug_file_crc, void *bsymcache);

	void clear_table_non_atomic();
	std::vector<bpf_stack_build_id> get_stack_addr(int stack_id);
	std::vector<std::string> get_stack_symbol(int stack_id);

      private:
	void *cache_; // the caller's
};

inline BPFStackTable::BPFStackTable(const TableDesc &desc, bool use_debug_file, bool check_debug_file_crc)
    : BPFTableBase<int, stacktrace_t>(desc)
{
	detail::require(desc, BPF_MAP_TYPE_STACK_TRACE, "stack");
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
	detail::require(desc, BPF_MAP_TYPE_STACK_TRACE, "stack");
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

} // namespace ebpf
