// SPDX-License-Identifier: Apache-2.0
#include "virtual_files.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/Support/Path.h>

extern "C" {
#include "embedded_text.h"
extern const struct bcc_text bcc_text_includes[];
extern const struct bcc_text bcc_text_helpers[];
}

namespace bcc
{
namespace
{

const char *find_text(const bcc_text *texts, llvm::StringRef name)
{
	for (const bcc_text *t = texts; t->name; t++) {
		if (name == t->name)
			return t->text;
	}
	return nullptr;
}

// Folders of the kernel's include directories: without headers, each file in them is an empty one, because
// the types come from BTF. `name` may be such a folder itself.
bool in_kernel_folder(llvm::StringRef name)
{
	static const llvm::StringRef folders[] = {"linux", "uapi", "net", "asm", "asm-generic", "trace",
		"generated", "crypto", "scsi", "rdma", "drm", "sound", "video", "acpi", "xen", "kvm", "media",
		"target", "block", "fs", "kernel", "mm", "drivers", "security", "soc", "vdso", "memory",
		"pcmcia", "ras", "misc"};
	llvm::StringRef first = name.split('/').first;

	for (llvm::StringRef folder : folders) {
		if (first == folder)
			return true;
	}
	return false;
}

} // namespace

virtual_files::virtual_files(const bcc_clang_input &in)
    : ProxyFileSystem(llvm::vfs::getRealFileSystem()), input(in), made(new llvm::vfs::InMemoryFileSystem)
{
	made->addFile(llvm::Twine(virtual_root) + "/bcc/.folder", 0, llvm::MemoryBuffer::getMemBuffer(""));
}

bool virtual_files::ours(const llvm::Twine &path)
{
	llvm::SmallString<128> full;
	path.toVector(full);
	llvm::sys::path::remove_dots(full, true);
	llvm::StringRef name = full;
	if (!name.consume_front("/virtual"))
		return false;
	if (made->exists(full))
		return true;
	name.consume_front("/include");
	if (!name.consume_front("/"))
		return true;

	const char *text = nullptr;
	for (size_t i = 0; i < input.file_count && !text; i++) {
		if (name == input.files[i].name)
			text = input.files[i].text;
	}
	if (!text)
		text = find_text(bcc_text_includes, name);
	if (!text)
		text = find_text(bcc_text_helpers, name);
	// <uapi/linux/x.h> and <linux/x.h> are the same here
	if (!text && name.starts_with("uapi/"))
		text = find_text(bcc_text_includes, name.drop_front(5));
	if (!text && !input.kernel_headers && in_kernel_folder(name)) {
		// clang asks for the folder before the file
		if (!name.ends_with(".h"))
			full += "/.folder";
		text = "";
	}
	if (text)
		made->addFile(full, 0, llvm::MemoryBuffer::getMemBuffer(text));
	return true;
}

llvm::ErrorOr<llvm::vfs::Status> virtual_files::status(const llvm::Twine &path)
{
	return ours(path) ? made->status(path) : ProxyFileSystem::status(path);
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> virtual_files::openFileForRead(const llvm::Twine &path)
{
	return ours(path) ? made->openFileForRead(path) : ProxyFileSystem::openFileForRead(path);
}

} // namespace bcc
