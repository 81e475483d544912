// SPDX-License-Identifier: Apache-2.0
// The members of BPFTable.h's classes that are not templates.
#pragma once

#include <fcntl.h>

namespace ebpf
{

// ---- BPFTable ----

inline bool BPFTable::per_cpu() const
{
	return detail::MapType(desc.type).per_cpu();
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

	if (detail::MapType(desc.type).shape == BCC_SHAPE_ARRAY) {
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

	pairs.clear();
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

} // namespace ebpf
