// SPDX-License-Identifier: Apache-2.0
// The file system that clang sees: the real one, and under /virtual/include what this library provides.
#ifndef FRONTENDS_CLANG_VIRTUAL_FILES_H
#define FRONTENDS_CLANG_VIRTUAL_FILES_H

#include <clang/Basic/SourceManager.h>
#include <llvm/Support/VirtualFileSystem.h>

#include "clang.h"

namespace bcc
{

inline constexpr char virtual_root[] = "/virtual/include";
inline constexpr char libc_root[] = "/virtual/include/libc";
inline constexpr char libbpf_root[] = "/virtual/include/bpf";

// Whether it is written in one of this library's own files.
bool is_virtual_file(const clang::SourceManager &sources, clang::SourceLocation spelling);

class virtual_files : public llvm::vfs::ProxyFileSystem
{
      public:
	explicit virtual_files(const bcc_clang_input &input);

	llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &path) override;
	llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine &path) override;

      private:
	bool is_known(llvm::StringRef name) const;
	// Whether the path is one of ours; creates the file when it is first asked for.
	bool ours(const llvm::Twine &path);
	std::string without_hidden(llvm::StringRef text) const;
	llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> open_real(const std::string &path);

	const bcc_clang_input &input;
	llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> made;
};

} // namespace bcc

#endif
