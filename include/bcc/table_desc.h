// SPDX-License-Identifier: Apache-2.0
// What BCC's C++ API knows of a table.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "bcc_common.h"
#include "bcc_exception.h"
#include "file_desc.h"

namespace ebpf
{

typedef std::function<StatusTuple(const char *, void *)> sscanf_fn;
typedef std::function<StatusTuple(char *, size_t, const void *)> snprintf_fn;

// A table's descriptor: the module's, or one that all copies own.
class TableFd
{
      public:
	TableFd() = default;
	TableFd(FileDesc &&fd) : own_(std::make_shared<FileDesc>(std::move(fd))), fd_(*own_)
	{
	}
	TableFd &operator=(int fd)
	{
		return *this = TableFd(FileDesc(fd));
	}

	static TableFd borrowed(int fd)
	{
		TableFd borrowed;

		borrowed.fd_ = fd;
		return borrowed;
	}

	operator int() const
	{
		return fd_;
	}
	TableFd dup() const
	{
		return TableFd(FileDesc(fd_ >= 0 ? ::dup(fd_) : -1));
	}

      private:
	std::shared_ptr<FileDesc> own_;
	int fd_ = -1;
};

class TableDesc
{
      public:
	TableDesc() = default;

	// A table of the caller's own, whose descriptor becomes this one's
	TableDesc(const std::string &name, FileDesc &&fd, int type, size_t key_size, size_t leaf_size,
		size_t max_entries, int flags)
	    : name(name), fd(std::move(fd)), type(type), key_size(key_size), leaf_size(leaf_size),
	      max_entries(max_entries), flags(flags)
	{
	}

	TableDesc(void *module, const std::string &table_name)
	{
		size_t id = bpf_table_id(module, table_name.c_str());

		if (id == static_cast<size_t>(-1))
			return;
		name = table_name;
		fd = TableFd::borrowed(bpf_table_fd_id(module, id));
		type = bpf_table_type_id(module, id);
		key_size = bpf_table_key_size_id(module, id);
		leaf_size = bpf_table_leaf_size_id(module, id);
		max_entries = bpf_table_max_entries_id(module, id);
		flags = bpf_table_flags_id(module, id);
		key_desc = text(bpf_table_key_desc_id(module, id));
		leaf_desc = text(bpf_table_leaf_desc_id(module, id));
		key_sscanf = [=](const char *from, void *to) {
			return status(bpf_table_key_sscanf(module, id, from, to), "read");
		};
		leaf_sscanf = [=](const char *from, void *to) {
			return status(bpf_table_leaf_sscanf(module, id, from, to), "read");
		};
		key_snprintf = [=](char *to, size_t size, const void *from) {
			return status(bpf_table_key_snprintf(module, id, to, size, from), "print");
		};
		leaf_snprintf = [=](char *to, size_t size, const void *from) {
			return status(bpf_table_leaf_snprintf(module, id, to, size, from), "print");
		};
	}

	// The same table with a descriptor of its own
	TableDesc dup() const
	{
		TableDesc copy = *this;

		copy.fd = fd.dup();
		return copy;
	}

	std::string name;
	TableFd fd;
	int type = 0; // enum bpf_map_type; 0: there is no such table
	size_t key_size = 0;
	size_t leaf_size = 0;
	size_t max_entries = 0;
	int flags = 0;
	std::string key_desc;
	std::string leaf_desc;
	sscanf_fn key_sscanf = no_value;
	sscanf_fn leaf_sscanf = no_value;
	snprintf_fn key_snprintf = no_text;
	snprintf_fn leaf_snprintf = no_text;

      private:
	static std::string text(const char *from)
	{
		return from ? from : "";
	}

	static StatusTuple status(int ret, const char *what)
	{
		return ret < 0 ? StatusTuple(
					 -1, "the value cannot be %s", what[0] == 'r' ? "read" : "printed")
			       : StatusTuple::OK();
	}

	static StatusTuple no_value(const char *, void *)
	{
		return StatusTuple(-1, "no such table");
	}
	static StatusTuple no_text(char *, size_t, const void *)
	{
		return StatusTuple(-1, "no such table");
	}
};

} // namespace ebpf
