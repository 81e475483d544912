// SPDX-License-Identifier: Apache-2.0
// What all tables of BCC's C++ API have in common: a descriptor, keys and values as text, and how
// errors are reported.
#pragma once

#include <linux/bpf.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bcc_exception.h"
#include "libbpf.h"
#include "map_types.h"
#include "table_desc.h"

namespace ebpf
{

namespace detail
{

// CPUs in a list of the kernel's, as "0-3,7"
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

inline StatusTuple done(bool well, const char *what)
{
	return well ? StatusTuple::OK() : StatusTuple(-1, "Error %s: %s", what, std::strerror(errno));
}

template <class Value> void *address_of(const Value &value)
{
	return const_cast<Value *>(&value);
}

template <class Value> void *address_of(const std::vector<Value> &values)
{
	return const_cast<Value *>(values.data());
}

// What map_types.h says of a map type
struct MapType {
	enum bcc_map_shape shape;
	unsigned traits;

	explicit MapType(int number) : shape(BCC_SHAPE_KEYED), traits(0)
	{
#define BCC_MAP_TYPE_CASE(NAME, NUMBER, WORDS, SHAPE, TRAITS)                                                \
	case NUMBER:                                                                                         \
		shape = BCC_SHAPE_##SHAPE;                                                                   \
		traits = TRAITS;                                                                             \
		break;

		switch (number) {
			BCC_MAP_TYPES(BCC_MAP_TYPE_CASE)
		}
#undef BCC_MAP_TYPE_CASE
	}

	bool per_cpu() const
	{
		return traits & BCC_MAP_PERCPU;
	}
};

inline void require(const TableDesc &desc, bool is_kind, const char *kind)
{
	if (!is_kind)
		throw std::invalid_argument("Table '" + desc.name + "' is not a " + kind + " table");
}

inline void require(const TableDesc &desc, bpf_map_type type, const char *kind)
{
	require(desc, desc.type == type, kind);
}

inline void require(const TableDesc &desc, bcc_map_shape shape, const char *kind)
{
	require(desc, desc.type && MapType(desc.type).shape == shape, kind);
}

inline StatusTuple print(const snprintf_fn &printer, size_t size, const void *value, std::string &text)
{
	// a byte takes at most "0xff " as a number or four bytes as text
	std::vector<char> buffer(8 * size + 64);
	StatusTuple status = printer(buffer.data(), buffer.size(), value);

	if (status.ok())
		text.assign(buffer.data());
	return status;
}

} // namespace detail

template <class KeyType, class ValueType> class BPFTableBase
{
      public:
	size_t capacity()
	{
		return desc.max_entries;
	}
	int get_fd()
	{
		return desc.fd;
	}

	StatusTuple string_to_key(const std::string &text, KeyType *key)
	{
		return desc.key_sscanf(text.c_str(), key);
	}

	StatusTuple string_to_leaf(const std::string &text, ValueType *value)
	{
		return desc.leaf_sscanf(text.c_str(), value);
	}

	StatusTuple key_to_string(const KeyType *key, std::string &text)
	{
		return detail::print(desc.key_snprintf, desc.key_size, key, text);
	}

	StatusTuple leaf_to_string(const ValueType *value, std::string &text)
	{
		return detail::print(desc.leaf_snprintf, desc.leaf_size, value, text);
	}

      protected:
	explicit BPFTableBase(const TableDesc &desc) : desc(desc)
	{
	}

	bool lookup(void *key, void *value)
	{
		return bpf_lookup_elem(desc.fd, key, value) >= 0;
	}
	bool first(void *key)
	{
		return bpf_get_first_key(desc.fd, key, desc.key_size) >= 0;
	}
	bool next(void *key, void *next_key)
	{
		return bpf_get_next_key(desc.fd, key, next_key) >= 0;
	}
	bool update(void *key, void *value)
	{
		return bpf_update_elem(desc.fd, key, value, 0) >= 0;
	}
	bool remove(void *key)
	{
		return bpf_delete_elem(desc.fd, key) >= 0;
	}

	TableDesc desc;
};

} // namespace ebpf
