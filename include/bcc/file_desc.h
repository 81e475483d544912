// SPDX-License-Identifier: Apache-2.0
// A file descriptor that is closed with its owner.
#pragma once

#include <unistd.h>

namespace ebpf
{

class FileDesc
{
      public:
	explicit FileDesc(int fd = -1) : fd_(fd)
	{
	}
	FileDesc(FileDesc &&that) noexcept : fd_(that.fd_)
	{
		that.fd_ = -1;
	}
	FileDesc(const FileDesc &) = delete;
	FileDesc &operator=(const FileDesc &) = delete;
	~FileDesc()
	{
		reset(-1);
	}

	FileDesc &operator=(int fd)
	{
		reset(fd);
		return *this;
	}

	FileDesc &operator=(FileDesc &&that) noexcept
	{
		if (this != &that) {
			reset(that.fd_);
			that.fd_ = -1;
		}
		return *this;
	}

	FileDesc dup() const
	{
		return FileDesc(fd_ >= 0 ? ::dup(fd_) : -1);
	}
	operator int() const
	{
		return fd_;
	}

      private:
	void reset(int fd)
	{
		if (fd_ >= 0)
			::close(fd_);
		fd_ = fd;
	}

	int fd_;
};

} // namespace ebpf
