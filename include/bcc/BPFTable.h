// SPDX-License-Identifier: Apache-2.0
// Tables in BCC's C++ API: a class for each kind, over the descriptor of a module's table. Includes those of
// stacks and perf buffers.
#pragma once

#include <linux/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "BPFPerfBuffer.h"
#include "BPFStackTable.h"
#include "BPFTableBase.h"
#include "bcc_exception.h"
#include "libbpf.h"
#include "table_desc.h"

namespace ebpf
{

// Any table, by the text of its keys and values
class BPFTable : public BPFTableBase<void, void>
{
      public:
	BPFTable(const TableDesc &desc) : BPFTableBase<void, void>(desc)
	{
	}

	StatusTuple get_value(const std::string &key_text, std::string &value_text);
	// of each CPU
	StatusTuple get_value(const std::string &key_text, std::vector<std::string> &value_texts);
	StatusTuple update_value(const std::string &key_text, const std::string &value_text);
	StatusTuple update_value(const std::string &key_text, const std::vector<std::string> &value_texts);
	StatusTuple remove_value(const std::string &key_text);
	StatusTuple clear_table_non_atomic();
	StatusTuple get_table_offline(std::vector<std::pair<std::string, std::string>> &pairs);

	static size_t get_possible_cpu_count()
	{
		return detail::cpus_of("/sys/devices/system/cpu/possible").size();
	}

      private:
	bool per_cpu() const;
	size_t stride() const
	{
		return (desc.leaf_size + 7) / 8 * 8;
	}
};

template <class ValueType> class BPFQueueStackTable
{
      public:
	explicit BPFQueueStackTable(const TableDesc &desc) : desc(desc)
	{
		detail::require(desc, BCC_SHAPE_QUEUE, "queue/stack");
	}
	virtual ~BPFQueueStackTable() = default;

	size_t capacity() const
	{
		return desc.max_entries;
	}
	int get_fd()
	{
		return desc.fd;
	}

	StatusTuple string_to_leaf(const std::string &text, ValueType *value)
	{
		return desc.leaf_sscanf(text.c_str(), value);
	}

	StatusTuple leaf_to_string(const ValueType *value, std::string &text)
	{
		return detail::print(desc.leaf_snprintf, desc.leaf_size, value, text);
	}

	virtual StatusTuple pop_value(ValueType &value)
	{
		return detail::done(bpf_lookup_and_delete(desc.fd, nullptr, detail::address_of(value)) >= 0,
			"getting value");
	}

	// BPF_EXIST: into a full one too, in the place of the oldest
	virtual StatusTuple push_value(const ValueType &value, unsigned long long flags = 0)
	{
		return detail::done(bpf_update_elem(desc.fd, nullptr, detail::address_of(value), flags) >= 0,
			"updating value");
	}

	virtual StatusTuple get_head(const ValueType &value)
	{
		return detail::done(
			bpf_lookup_elem(desc.fd, nullptr, detail::address_of(value)) >= 0, "peeking value");
	}

      protected:
	TableDesc desc;
};

// What tables with typed keys and values have in common. Each kind makes those operations public that it has.
template <class KeyType, class ValueType> class BPFTypedTable : public BPFTableBase<KeyType, ValueType>
{
      public:
	virtual ~BPFTypedTable() = default;

	virtual StatusTuple get_value(const KeyType &key, ValueType &value)
	{
		return detail::done(
			this->lookup(detail::address_of(key), detail::address_of(value)), "getting value");
	}

	virtual StatusTuple update_value(const KeyType &key, const ValueType &value)
	{
		return detail::done(
			this->update(detail::address_of(key), detail::address_of(value)), "updating value");
	}

	virtual StatusTuple remove_value(const KeyType &key)
	{
		return detail::done(this->remove(detail::address_of(key)), "removing value");
	}

      protected:
	explicit BPFTypedTable(const TableDesc &desc) : BPFTableBase<KeyType, ValueType>(desc)
	{
	}
};

template <class ValueType> class BPFArrayTable : public BPFTypedTable<int, ValueType>
{
      public:
	BPFArrayTable(const TableDesc &desc) : BPFTypedTable<int, ValueType>(desc)
	{
		detail::require(desc, BCC_SHAPE_ARRAY, "array");
	}

	ValueType operator[](const int &key)
	{
		ValueType value{};

		this->get_value(key, value);
		return value;
	}

	std::vector<ValueType> get_table_offline()
	{
		std::vector<ValueType> values(this->capacity());

		for (size_t i = 0; i < values.size(); i++)
			this->get_value(static_cast<int>(i), values[i]);
		return values;
	}
};

namespace detail
{

// The values of one key, one of each CPU; the kernel rounds them up to 8 bytes, so they have to fill these.
template <class ValueType> class PerCpu
{
      protected:
	PerCpu() : ncpus(BPFTable::get_possible_cpu_count())
	{
		if (sizeof(ValueType) % 8)
			throw std::invalid_argument("leaf must be aligned to 8 bytes");
	}

	StatusTuple check(const std::vector<ValueType> &values) const
	{
		return values.size() == ncpus ? StatusTuple::OK() : StatusTuple(-1, "bad value size");
	}

	size_t ncpus;
};

} // namespace detail

template <class ValueType>
class BPFPercpuArrayTable : public BPFArrayTable<std::vector<ValueType>>, private detail::PerCpu<ValueType>
{
      public:
	BPFPercpuArrayTable(const TableDesc &desc) : BPFArrayTable<std::vector<ValueType>>(desc)
	{
		detail::require(desc, detail::MapType(desc.type).per_cpu(), "percpu array");
	}

	StatusTuple get_value(const int &index, std::vector<ValueType> &values) override
	{
		values.resize(this->ncpus);
		return BPFArrayTable<std::vector<ValueType>>::get_value(index, values);
	}

	StatusTuple update_value(const int &index, const std::vector<ValueType> &values) override
	{
		TRY2(this->check(values));
		return BPFArrayTable<std::vector<ValueType>>::update_value(index, values);
	}
};

template <class KeyType, class ValueType> class BPFHashTable : public BPFTypedTable<KeyType, ValueType>
{
      public:
	explicit BPFHashTable(const TableDesc &desc) : BPFTypedTable<KeyType, ValueType>(desc)
	{
		detail::require(desc, BCC_SHAPE_HASH, "hash");
	}

	ValueType operator[](const KeyType &key)
	{
		ValueType value{};

		this->get_value(key, value);
		return value;
	}

	std::vector<std::pair<KeyType, ValueType>> get_table_offline()
	{
		std::vector<std::pair<KeyType, ValueType>> pairs;
		KeyType key;
		ValueType value{};

		for (bool more = this->first(&key); more; more = this->next(&key, &key)) {
			if (!this->get_value(key, value).ok())
				break;
			pairs.emplace_back(key, value);
		}
		return pairs;
	}

	StatusTuple clear_table_non_atomic()
	{
		KeyType key;

		while (this->first(&key))
			TRY2(this->remove_value(key));
		return StatusTuple::OK();
	}
};

template <class KeyType, class ValueType>
class BPFPercpuHashTable : public BPFHashTable<KeyType, std::vector<ValueType>>,
			   private detail::PerCpu<ValueType>
{
      public:
	explicit BPFPercpuHashTable(const TableDesc &desc)
	    : BPFHashTable<KeyType, std::vector<ValueType>>(desc)
	{
		detail::require(desc, detail::MapType(desc.type).per_cpu(), "percpu hash");
	}

	StatusTuple get_value(const KeyType &key, std::vector<ValueType> &values) override
	{
		values.resize(this->ncpus);
		return BPFHashTable<KeyType, std::vector<ValueType>>::get_value(key, values);
	}

	StatusTuple update_value(const KeyType &key, const std::vector<ValueType> &values) override
	{
		TRY2(this->check(values));
		return BPFHashTable<KeyType, std::vector<ValueType>>::update_value(key, values);
	}
};

template <class KeyType> class BPFMapInMapTable : public BPFTypedTable<KeyType, int>
{
      public:
	BPFMapInMapTable(const TableDesc &desc) : BPFTypedTable<KeyType, int>(desc)
	{
		detail::require(desc, detail::MapType(desc.type).traits & BCC_MAP_OF_MAPS, "map-in-map");
	}
};

// ---- storage by descriptor: of sockets, files, processes and control groups ----

template <class ValueType> class BPFSkStorageTable : public BPFTypedTable<int, ValueType>
{
      public:
	BPFSkStorageTable(const TableDesc &desc) : BPFTypedTable<int, ValueType>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_SK_STORAGE, "sk_storage");
	}
};

template <class ValueType> class BPFInodeStorageTable : public BPFTypedTable<int, ValueType>
{
      public:
	BPFInodeStorageTable(const TableDesc &desc) : BPFTypedTable<int, ValueType>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_INODE_STORAGE, "inode_storage");
	}
};

template <class ValueType> class BPFTaskStorageTable : public BPFTypedTable<int, ValueType>
{
      public:
	BPFTaskStorageTable(const TableDesc &desc) : BPFTypedTable<int, ValueType>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_TASK_STORAGE, "task_storage");
	}
};

template <class ValueType>
class BPFCgStorageTable : public BPFTypedTable<struct bpf_cgroup_storage_key, ValueType>
{
      public:
	BPFCgStorageTable(const TableDesc &desc)
	    : BPFTypedTable<struct bpf_cgroup_storage_key, ValueType>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_CGROUP_STORAGE, "cgroup_storage");
	}
};

template <class ValueType>
class BPFPercpuCgStorageTable : public BPFTypedTable<struct bpf_cgroup_storage_key, std::vector<ValueType>>,
				private detail::PerCpu<ValueType>
{
      public:
	BPFPercpuCgStorageTable(const TableDesc &desc)
	    : BPFTypedTable<struct bpf_cgroup_storage_key, std::vector<ValueType>>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, "percpu_cgroup_storage");
	}

	StatusTuple get_value(
		const struct bpf_cgroup_storage_key &key, std::vector<ValueType> &values) override
	{
		values.resize(this->ncpus);
		return BPFTypedTable<struct bpf_cgroup_storage_key, std::vector<ValueType>>::get_value(
			key, values);
	}

	StatusTuple update_value(
		const struct bpf_cgroup_storage_key &key, const std::vector<ValueType> &values) override
	{
		TRY2(this->check(values));
		return BPFTypedTable<struct bpf_cgroup_storage_key, std::vector<ValueType>>::update_value(
			key, values);
	}
};

// ---- tables of descriptors ----

class BPFProgTable : public BPFTypedTable<int, int>
{
      public:
	BPFProgTable(const TableDesc &desc) : BPFTypedTable<int, int>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_PROG_ARRAY, "prog");
	}
};

class BPFCgroupArray : public BPFTypedTable<int, int>
{
      public:
	BPFCgroupArray(const TableDesc &desc) : BPFTypedTable<int, int>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_CGROUP_ARRAY, "cgroup array");
	}

	using BPFTypedTable<int, int>::update_value;
	StatusTuple update_value(const int &index, const std::string &cgroup2_path);
};

class BPFDevmapTable : public BPFTypedTable<int, int>
{
      public:
	BPFDevmapTable(const TableDesc &desc) : BPFTypedTable<int, int>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_DEVMAP, "devmap");
	}
};

class BPFXskmapTable : public BPFTypedTable<int, int>
{
      public:
	BPFXskmapTable(const TableDesc &desc) : BPFTypedTable<int, int>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_XSKMAP, "xskmap");
	}
};

class BPFSockmapTable : public BPFTypedTable<int, int>
{
      public:
	BPFSockmapTable(const TableDesc &desc) : BPFTypedTable<int, int>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_SOCKMAP, "sockmap");
	}
};

class BPFSockhashTable : public BPFTypedTable<int, int>
{
      public:
	BPFSockhashTable(const TableDesc &desc) : BPFTypedTable<int, int>(desc)
	{
		detail::require(desc, BPF_MAP_TYPE_SOCKHASH, "sockhash");
	}
};

} // namespace ebpf

#include "BPFTable_inl.h"
