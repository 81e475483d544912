// SPDX-License-Identifier: Apache-2.0
// What BCC's C++ API shows while it compiles and loads.
#pragma once

#include <cstdint>
#include <string>

#include "bcc_common.h"
#include "bcc_exception.h"
#include "table_storage.h"

struct bpf_insn;

namespace ebpf
{

enum {
	DEBUG_LLVM_IR = 0x1,
	DEBUG_BPF = 0x2,		 // the verifier's log
	DEBUG_PREPROCESSOR = 0x4,	 // the text as the compiler sees it
	DEBUG_SOURCE = 0x8,		 // BPF instructions
	DEBUG_BPF_REGISTER_STATE = 0x10, // the verifier's log with the registers' states
	DEBUG_BTF = 0x20,
};

// A text that is compiled, with its tables, before anything is loaded. BPF has one.
class BPFModule
{
      public:
	// There is one storage of tables, whether it is passed or not, and values can always be printed. A
	// device cannot be given.
	explicit BPFModule(unsigned flags, TableStorage * = nullptr, bool = true,
		const std::string &maps_ns = "", bool allow_rlimit = true, const char *dev_name = nullptr)
	    : flags_(flags), maps_ns_(maps_ns), allow_rlimit_(allow_rlimit), dev_name_(dev_name)
	{
	}
	BPFModule(const BPFModule &) = delete;
	BPFModule &operator=(const BPFModule &) = delete;
	~BPFModule()
	{
		bpf_module_destroy(module_);
	}

	// Both return 0, or -1; what is wrong is on stderr. A module loads one text.
	int load_c(const std::string &filename, const char *cflags[], int ncflags)
	{
		return keep(module_ ? nullptr
				    : bpf_module_create_c(filename.c_str(), flags_, cflags, ncflags,
					      allow_rlimit_, dev_name_));
	}
	int load_string(const std::string &text, const char *cflags[], int ncflags)
	{
		void *made = nullptr;

		if (!module_ && dev_name_)
			made = bpf_module_create_c_from_string(
				text.c_str(), flags_, cflags, ncflags, allow_rlimit_, dev_name_);
		else if (!module_)
			made = bcc_module_create_in_namespace(
				text.c_str(), flags_, cflags, ncflags, allow_rlimit_, maps_ns_.c_str());
		return keep(made);
	}

	std::string maps_ns() const
	{
		return maps_ns_;
	}
	TableStorage &table_storage()
	{
		return storage_;
	}
	int free_bcc_memory()
	{
		return bcc_free_memory();
	}

	size_t num_functions() const
	{
		return bpf_num_functions(module_);
	}
	const char *function_name(size_t id) const
	{
		return bpf_function_name(module_, id);
	}
	uint8_t *function_start(size_t id) const
	{
		return static_cast<uint8_t *>(bpf_function_start_id(module_, id));
	}
	uint8_t *function_start(const std::string &name) const
	{
		return static_cast<uint8_t *>(bpf_function_start(module_, name.c_str()));
	}
	size_t function_size(size_t id) const
	{
		return bpf_function_size_id(module_, id);
	}
	size_t function_size(const std::string &name) const
	{
		return bpf_function_size(module_, name.c_str());
	}

	size_t num_tables() const
	{
		return bpf_num_tables(module_);
	}
	size_t table_id(const std::string &name) const
	{
		return bpf_table_id(module_, name.c_str());
	}
	const char *table_name(size_t id) const
	{
		return bpf_table_name(module_, id);
	}
	int table_fd(size_t id) const
	{
		return bpf_table_fd_id(module_, id);
	}
	int table_fd(const std::string &name) const
	{
		return bpf_table_fd(module_, name.c_str());
	}
	int table_type(size_t id) const
	{
		return bpf_table_type_id(module_, id);
	}
	int table_type(const std::string &name) const
	{
		return bpf_table_type(module_, name.c_str());
	}
	size_t table_max_entries(size_t id) const
	{
		return bpf_table_max_entries_id(module_, id);
	}
	size_t table_max_entries(const std::string &name) const
	{
		return bpf_table_max_entries(module_, name.c_str());
	}
	int table_flags(size_t id) const
	{
		return bpf_table_flags_id(module_, id);
	}
	int table_flags(const std::string &name) const
	{
		return bpf_table_flags(module_, name.c_str());
	}
	size_t table_key_size(size_t id) const
	{
		return bpf_table_key_size_id(module_, id);
	}
	size_t table_key_size(const std::string &name) const
	{
		return bpf_table_key_size(module_, name.c_str());
	}
	size_t table_leaf_size(size_t id) const
	{
		return bpf_table_leaf_size_id(module_, id);
	}
	size_t table_leaf_size(const std::string &name) const
	{
		return bpf_table_leaf_size(module_, name.c_str());
	}
	const char *table_key_desc(size_t id) const
	{
		return bpf_table_key_desc_id(module_, id);
	}
	const char *table_key_desc(const std::string &name) const
	{
		return bpf_table_key_desc(module_, name.c_str());
	}
	const char *table_leaf_desc(size_t id) const
	{
		return bpf_table_leaf_desc_id(module_, id);
	}
	const char *table_leaf_desc(const std::string &name) const
	{
		return bpf_table_leaf_desc(module_, name.c_str());
	}
	int table_key_printf(size_t id, char *buf, size_t buflen, const void *key)
	{
		return bpf_table_key_snprintf(module_, id, buf, buflen, key);
	}
	int table_key_scanf(size_t id, const char *buf, void *key)
	{
		return bpf_table_key_sscanf(module_, id, buf, key);
	}
	int table_leaf_printf(size_t id, char *buf, size_t buflen, const void *leaf)
	{
		return bpf_table_leaf_snprintf(module_, id, buf, buflen, leaf);
	}
	int table_leaf_scanf(size_t id, const char *buf, void *leaf)
	{
		return bpf_table_leaf_sscanf(module_, id, buf, leaf);
	}

	char *license() const
	{
		return bpf_module_license(module_);
	}
	unsigned kern_version() const
	{
		return bpf_module_kern_version(module_);
	}
	// The caller closes the descriptor.
	int bcc_func_load(int prog_type, const char *name, const struct bpf_insn *insns, int prog_len,
		const char *license, unsigned kern_version, int log_level, char *log_buf,
		unsigned log_buf_size, const char *dev_name = nullptr, unsigned = 0, int attach_type = -1)
	{
		return ::bcc_func_load(module_, prog_type, name, insns, prog_len, license, kern_version,
			log_level, log_buf, log_buf_size, dev_name, attach_type);
	}
	size_t perf_event_fields(const char *event) const
	{
		return bpf_perf_event_fields(module_, event);
	}
	const char *perf_event_field(const char *event, size_t i) const
	{
		return bpf_perf_event_field(module_, event, i);
	}

      private:
	int keep(void *made)
	{
		if (made)
			module_ = made;
		return made ? 0 : -1;
	}

	unsigned flags_;
	std::string maps_ns_;
	bool allow_rlimit_;
	const char *dev_name_;
	void *module_ = nullptr;
	TableStorage storage_;
};

} // namespace ebpf
