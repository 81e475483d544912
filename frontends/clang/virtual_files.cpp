// SPDX-License-Identifier: Apache-2.0
#include "virtual_files.h"

#include <cerrno>
#include <cstdlib>

#include <clang/Basic/CharInfo.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/Support/Path.h>

#include "common/dialect.h"
#include "common/read_file.h"
#include "text_limits.h"

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
		"pcmcia", "ras", "misc", "clocksource", "cxl", "dt-bindings", "keys", "kunit", "mtd",
		"regulator", "ufs"};
	llvm::StringRef first = name.split('/').first;

	for (llvm::StringRef folder : folders) {
		if (first == folder)
			return true;
	}
	return false;
}

// In libbpf's dialect: vmlinux.h and libbpf's headers are the library's where the folders that a program
// keeps them in are not there. `path` is as clang puts it together, with the "../" of the text.
const char *find_of_libbpf(llvm::StringRef path)
{
	llvm::StringRef name = llvm::sys::path::filename(path);

	if (!path.starts_with(virtual_root))
		return nullptr;
	if (bcc_dialect_is_types(name.data(), name.size()))
		return find_text(bcc_text_includes, "vmlinux.h");
	return find_text(bcc_text_includes, ("bpf/" + name).str());
}

constexpr size_t file_size_max = 64 << 20; // no header is so large

// What clang adds to "cannot open file 'NAME': ".
class read_error_texts : public std::error_category
{
      public:
	const char *name() const noexcept override
	{
		return "bcc";
	}

	std::string message(int code) const override
	{
		if (code == EINVAL)
			return "it is not a regular file";
		if (code == EFBIG)
			return "it is larger than 64 MB";
		if (const char *what = deadly_directive_name(code))
			return std::string("it has ") + what;
		return std::generic_category().message(code);
	}

	// not equal to the generic EINVAL, which clang takes for a file that is missing
	std::error_condition default_error_condition(int code) const noexcept override
	{
		return {code, *this};
	}
};

const std::error_category &read_errors()
{
	static const read_error_texts texts;

	return texts;
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
	for (const char *folder : {"/bcc/.folder", "/bpf/.folder", "/libc/.folder", "/libc/sys/.folder",
		     "/libc/net/.folder", "/libc/netinet/.folder", "/libc/arpa/.folder"})
		made->addFile(llvm::Twine(virtual_root) + folder, 0, llvm::MemoryBuffer::getMemBuffer(""));
}

// Of folders that is not asked, nor of headers that define tracepoints, of which nobody keeps a list.
bool virtual_files::is_known(llvm::StringRef name) const
{
	return !input.knows_header || !name.ends_with(".h") || name.starts_with("trace/") ||
	       input.knows_header(input.knows_header_ctx, name.str().c_str());
}

// A header of the library's without the macros that are in the way of the text's own names.
std::string virtual_files::without_hidden(llvm::StringRef text) const
{
	std::string kept;

	while (!text.empty()) {
		auto [line, rest] = text.split('\n');
		llvm::StringRef name = line;

		if (name.consume_front("#define ")) {
			name = name.take_while([](char c) { return clang::isAsciiIdentifierContinue(c); });
			if (input.is_hidden(input.is_hidden_ctx, name.str().c_str())) {
				kept += "#define __bcc_hidden_";
				line = line.drop_front(strlen("#define "));
			}
		}
		kept += line;
		kept += '\n';
		text = rest;
	}
	return kept;
}

bool virtual_files::ours(const llvm::Twine &path)
{
	llvm::SmallString<128> full;
	path.toVector(full);
	const char *of_libbpf = input.libbpf ? find_of_libbpf(full) : nullptr;
	// clang looks for the folder of "headers/vmlinux.h" first
	bool folder = input.libbpf && llvm::StringRef(full).starts_with(virtual_root) &&
		      llvm::sys::path::extension(full).empty();
	// the dots of "../vmlinux.h" may lead out of the folders that are ours
	llvm::sys::path::remove_dots(full, true);
	llvm::StringRef name = full;
	if (!name.consume_front("/virtual")) {
		if (folder)
			full += "/.folder";
		else if (!of_libbpf)
			return false;
		made->addFile(full, 0, llvm::MemoryBuffer::getMemBuffer(folder ? "" : of_libbpf));
		return true;
	}
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
	if (!text)
		text = of_libbpf;
	if (!text && folder) {
		full += "/.folder";
		text = "";
	}
	if (text && input.is_hidden)
		made->addFile(full, 0, llvm::MemoryBuffer::getMemBufferCopy(without_hidden(text)));
	else if (text)
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
	return open_real(path.str());
}

// Only clang's own way opens folders; a text can name any file there is.
llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> virtual_files::open_real(const std::string &path)
{
	bcc_file_identity identity = bcc_identity_of(path.c_str());
	llvm::ErrorOr<llvm::vfs::Status> status = ProxyFileSystem::status(path);
	char *data = nullptr;
	size_t size = 0;
	int ret = status ? bcc_read_regular_file(path.c_str(), file_size_max, &data, &size)
			 : -status.getError().value();
	std::unique_ptr<char, decltype(&free)> owner(data, free);

	if (ret) {
		bcc_depend_presence(input.dependencies, path.c_str(), false);
		// another place may have what is missing here, or a folder
		if (ret != -EINVAL && ret != -EFBIG)
			return std::error_code(-ret, std::generic_category());
		return std::error_code(-ret, read_errors());
	}
	std::unique_ptr<llvm::MemoryBuffer> text =
		llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(data, size), path);
	if (deadly_directive found = find_deadly_directive(text->getBuffer()); found.code)
		return std::error_code(found.code, read_errors());
	// what is remembered of it is what clang sees
	bcc_depend_contents(input.dependencies, BCC_DEPENDS_FILE, path.c_str(), identity,
		text->getBufferStart(), text->getBufferSize());
	// its value is the time of the file, not its contents
	if (text->getBuffer().contains("__TIMESTAMP__"))
		bcc_depend_other(input.dependencies, path.c_str());
	// the size may be another than a moment ago
	status = llvm::vfs::Status(path, status->getUniqueID(), status->getLastModificationTime(),
		status->getUser(), status->getGroup(), size, status->getType(), status->getPermissions());
	return std::unique_ptr<llvm::vfs::File>(new read_file(std::move(*status), std::move(text)));
}

} // namespace bcc
