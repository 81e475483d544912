// SPDX-License-Identifier: Apache-2.0
// Tables that a program of BCC's C++ API has made itself, for texts that have them as "extern".
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bcc_common.h"
#include "table_desc.h"

namespace ebpf
{

// {"table"}: for all modules. {"namespace", "table"}: for those of that namespace.
class Path
{
      public:
	Path() = default;
	Path(std::initializer_list<std::string> parts) : parts_(parts)
	{
		for (const std::string &part : parts_)
			path_ += "/" + part;
	}

	const std::string &to_string() const
	{
		return path_;
	}
	const std::vector<std::string> &parts() const
	{
		return parts_;
	}

      private:
	std::vector<std::string> parts_;
	std::string path_;
};

// All of them are one: what one has, all have. Tables of texts are not in it; BPF::get_table() finds those.
class TableStorage
{
	typedef std::map<std::string, TableDesc> Tables;

      public:
	typedef Tables::iterator iterator;

	bool Find(const Path &path, iterator &result) const
	{
		result = tables().find(path.to_string());
		return result != tables().end();
	}

	// False: there is one with that path, or it is not a table.
	bool Insert(const Path &path, TableDesc &&desc)
	{
		const std::vector<std::string> &parts = path.parts();

		if (parts.empty() || parts.size() > 2 || tables().count(path.to_string()))
			return false;
		if (bcc_offer_table(
			    parts.size() == 2 ? parts[0].c_str() : nullptr, parts.back().c_str(), desc.fd))
			return false;
		tables().emplace(path.to_string(), std::move(desc));
		return true;
	}

	bool Delete(const Path &path)
	{
		auto found = tables().find(path.to_string());

		if (found == tables().end())
			return false;
		withdraw(found);
		return true;
	}

	// All below that path; how many there were
	size_t DeletePrefix(const Path &path)
	{
		const std::string prefix = path.to_string() + "/";
		size_t count = 0;

		for (auto at = tables().lower_bound(prefix);
			at != tables().end() && !at->first.compare(0, prefix.size(), prefix); count++)
			at = withdraw(at);
		return count;
	}

	iterator begin()
	{
		return tables().begin();
	}
	iterator end()
	{
		return tables().end();
	}
	iterator lower_bound(const Path &path)
	{
		return tables().lower_bound(path.to_string());
	}
	iterator upper_bound(const Path &path)
	{
		return tables().upper_bound(path.to_string());
	}

      private:
	static Tables &tables()
	{
		static Tables all;

		return all;
	}

	// "/namespace/table"
	static iterator withdraw(iterator table)
	{
		const std::string &path = table->first;
		const size_t slash = path.rfind('/');
		const std::string maps_ns = slash ? path.substr(1, slash - 1) : "";

		bcc_withdraw_table(slash ? maps_ns.c_str() : nullptr, path.c_str() + slash + 1);
		return tables().erase(table);
	}
};

inline std::unique_ptr<TableStorage> createSharedTableStorage()
{
	return std::unique_ptr<TableStorage>(new TableStorage());
}

} // namespace ebpf
