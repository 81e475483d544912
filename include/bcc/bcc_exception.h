// SPDX-License-Identifier: Apache-2.0
// What operations return in BCC's C++ API: whether they worked, and why not.
#pragma once

#include <cstdio>
#include <string>

namespace ebpf
{

class StatusTuple
{
      public:
	enum class Code {
		OK = 0,
		UNKNOWN,
		INVALID_ARGUMENT,
		PERMISSION_DENIED,
		SYSTEM, // of a system call
	};

	static StatusTuple OK()
	{
		return StatusTuple(Code::OK, "");
	}

	// By number: 0 is success.
	StatusTuple(int ret) : ret_(ret)
	{
	}
	StatusTuple(int ret, const char *msg) : ret_(ret), msg_(msg)
	{
	}
	StatusTuple(int ret, const std::string &msg) : ret_(ret), msg_(msg)
	{
	}
	StatusTuple(Code code, const std::string &msg) : ret_(static_cast<int>(code)), msg_(msg)
	{
	}

	template <typename... Args> StatusTuple(int ret, const char *format, Args... args) : ret_(ret)
	{
		int length = std::snprintf(nullptr, 0, format, args...);

		if (length <= 0)
			return;
		msg_.resize(static_cast<size_t>(length) + 1);
		std::snprintf(&msg_[0], msg_.size(), format, args...);
		msg_.pop_back();
	}

	void append_msg(const std::string &msg)
	{
		msg_ += msg;
	}
	bool ok() const
	{
		return ret_ == 0;
	}
	int code() const
	{
		return ret_;
	}
	const std::string &msg() const
	{
		return msg_;
	}

      private:
	int ret_;
	std::string msg_;
};

// In functions that return a StatusTuple themselves
#define TRY2(CMD)                                                                                            \
	do {                                                                                                 \
		ebpf::StatusTuple status_of_cmd = (CMD);                                                     \
		if (!status_of_cmd.ok())                                                                     \
			return status_of_cmd;                                                                \
	} while (0)

namespace error
{

#define BCC_DECLARE_ERROR(NAME, CODE)                                                                        \
	inline StatusTuple NAME(const std::string &msg)                                                      \
	{                                                                                                    \
		return StatusTuple(StatusTuple::Code::CODE, msg);                                            \
	}                                                                                                    \
	inline bool Is##NAME(const StatusTuple &status)                                                      \
	{                                                                                                    \
		return status.code() == static_cast<int>(StatusTuple::Code::CODE);                           \
	}

BCC_DECLARE_ERROR(Unknown, UNKNOWN)
BCC_DECLARE_ERROR(InvalidArgument, INVALID_ARGUMENT)
BCC_DECLARE_ERROR(PermissionDenied, PERMISSION_DENIED)
BCC_DECLARE_ERROR(System, SYSTEM)
#undef BCC_DECLARE_ERROR

} // namespace error

} // namespace ebpf
