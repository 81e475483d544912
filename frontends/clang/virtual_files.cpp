// SPDX-License-Identifier: Apache-2.0
#include "virtual_files.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/Support/Path.h>

extern "C" {
#include "embedded_text.h"
extern const struct bcc_text bcc_text_includes[];
extern const struct bcc_text bcc_text_generated[];
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

// Directories of the kernel's include directories: without headers, each file in them is an empty one,
// because the types come from BTF. `name` may be such a directory itself.
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

// A file whose text is in memory already.
class read_file : public llvm::vfs::File
{
      public:
	read_file(llvm::vfs::Status s, std::unique_ptr<llvm::MemoryBuffer> t)
	    : file_status(std::move(s)), text(std::move(t))
	{
	}

	llvm::ErrorOr<llvm::vfs::Status> status() override
	{
		return file_status;
	}

	llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(
		const llvm::Twine &name, int64_t, bool, bool) override
	{
		return llvm::MemoryBuffer::getMemBufferCopy(text->getBuffer(), name);
	}

	std::error_code close() override
	{
		return {};
	}

      private:
	llvm::vfs::Status file_status;
	std::unique_ptr<llvm::MemoryBuffer> text;
};

} // namespace

bool is_virtual_file(const clang::SourceManager &sources, clang::SourceLocation spelling)
{
	return sources.getFilename(spelling).starts_with(virtual_root);
}

virtual_files::virtual_files(const bcc_clang_input &in)
    : ProxyFileSystem(llvm::vfs::getRealFileSystem()), input(in), made(new llvm::vfs::InMemoryFileSystem)
{
	made->addFile(llvm::Twine(virtual_root) + "/bcc/.folder", 0, llvm::MemoryBuffer::getMemBuffer(""));
}

// Of folders that is not asked.
bool virtual_files::is_known(llvm::StringRef name) const
{
	return !input.knows_header || !name.ends_with(".h") ||
	       input.knows_header(input.knows_header_ctx, name.str().c_str());
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
		text = find_text(bcc_text_generated, name);
	// <uapi/linux/x.h> and <linux/x.h> are the same here
	if (!text && name.starts_with("uapi/"))
		text = find_text(bcc_text_includes, name.drop_front(5));
	if (!text && !input.kernel_headers && in_kernel_folder(name) && is_known(name)) {
		// clang looks for the directory before the file
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
	if (ours(path))
		return made->status(path);
	llvm::ErrorOr<llvm::vfs::Status> found = ProxyFileSystem::status(path);
	// what is in a directory is looked up separately
	if (input.dependencies && !(found && found->isDirectory()))
		bcc_depend_presence(input.dependencies, path.str().c_str(), bool(found));
	return found;
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> virtual_files::openFileForRead(const llvm::Twine &path)
{
	if (ours(path))
		return made->openFileForRead(path);
	if (!input.dependencies)
		return ProxyFileSystem::openFileForRead(path);
	return open_watched(path.str());
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> virtual_files::open_watched(const std::string &path)
{
	bcc_file_identity identity = bcc_identity_of(path.c_str());
	llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> file = ProxyFileSystem::openFileForRead(path);

	if (!file) {
		bcc_depend_presence(input.dependencies, path.c_str(), false);
		return file;
	}
	llvm::ErrorOr<llvm::vfs::Status> status = (*file)->status();
	if (!status || status->isDirectory())
		return file;
	// read at once, so that what is recorded is what clang sees
	llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> text = (*file)->getBuffer(path);
	if (!text)
		return text.getError();
	bcc_depend_contents(input.dependencies, BCC_DEPENDS_FILE, path.c_str(), identity,
		(*text)->getBufferStart(), (*text)->getBufferSize());
	// its value is the file's time, not its contents
	if ((*text)->getBuffer().contains("__TIMESTAMP__"))
		bcc_depend_other(input.dependencies, path.c_str());
	return std::unique_ptr<llvm::vfs::File>(new read_file(std::move(*status), std::move(*text)));
}

} // namespace bcc
