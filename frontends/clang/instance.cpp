// SPDX-License-Identifier: Apache-2.0
#include "instance.h"

#include <vector>

#include <clang/Basic/Version.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Lex/PreprocessorOptions.h>

#include "common/arch/arch.h"
#include "diagnostics.h"
#include "text_limits.h"
#include "virtual_files.h"

namespace bcc
{
namespace
{

// Flags for every text. The disabled warnings are those that common BPF C causes (a context cast here and
// there, __sync builtins without a used result, kernel structs with flexible members inside). IR is verified
// once, after the rewriter. DWARF 4 line tables, which nobody reads, do not embed the source.
const char *const common_flags[] = {"-emit-llvm-only", "-disable-llvm-passes", "-disable-llvm-verifier",
	"-O2", "-debug-info-kind=limited", "-dwarf-version=4", "-std=gnu11", "-nostdsysteminc",
	"-nobuiltininc", "-mrelocation-model", "static", "-fno-verbose-asm", "-x", "c", "-Wall",
	"-Wno-unused", "-Wunused-value", "-Wno-pointer-sign", "-Wno-address-of-packed-member",
	"-Wno-unknown-warning-option", "-Wno-gnu-variable-sized-type-not-at-end", "-Wno-gnu-folding-constant",
	"-Wno-unknown-attributes", "-Wno-compare-distinct-pointer-types", "-Wno-error=visibility",
	"-Wno-microsoft-anon-tag", "-Wno-missing-declarations", "-Wno-duplicate-decl-specifier",
	"-fms-extensions", "-Wno-ignored-attributes", "-Wno-stack-exhausted",
	"-Wno-incompatible-pointer-types-discards-qualifiers",
	// errors since clang 16, but texts are older
	"-Wno-error=int-conversion", "-Wno-error=incompatible-function-pointer-types",
	"-Wno-error=incompatible-pointer-types", "-Wno-error=implicit-int"};

struct target {
	const char *triple, *cpu;
};

const target bpf_target = {"bpf", "v3"};

// The kernel's headers are for its own architecture: assembly in them, alignment, macros that name it. The
// resulting IR is the same except for the target, which the rewriter sets.
target kernel_target()
{
	return {bcc_arch_host->triple, bcc_arch_host->cpu};
}

std::vector<const char *> all_flags(const bcc_clang_input &input)
{
	std::vector<const char *> flags(std::begin(common_flags), std::end(common_flags));

#if BCC_LLVM_MAJOR >= 17
	// The verifier's log shows lines of the text from here; LLVM 16 rejects modules in which some files
	// have a source and others do not.
	flags.push_back("-gembed-source");
#endif
	// in BCC's dialect, memset() and its like are macros of the prelude's
	if (!input.libbpf)
		flags.push_back("-ffreestanding");
	const target t = input.kernel_headers ? kernel_target() : bpf_target;

	flags.insert(flags.end(), {"-triple", t.triple, "-target-cpu", t.cpu});
	if (input.kernel_headers) // __GNUC__, as set by clang's driver
		flags.push_back("-fgnuc-version=4.2.1");
	// a missing header can cause thousands; fewer are shown
	flags.insert(flags.end(), {"-ferror-limit", "200"});
	flags.push_back("-main-file-name");
	flags.push_back(input.name);
	for (size_t i = 0; i < input.flag_count; i++)
		flags.push_back(input.flags[i]);
	// after the kernel's headers
	flags.push_back("-isystem");
	flags.push_back(virtual_root);
	// programs for libbpf are compiled where the C library is installed, and include some of its headers;
	// and some with -I for the folder that libbpf's are in
	if (input.libbpf)
		flags.insert(flags.end(), {"-isystem", libc_root, "-isystem", libbpf_root});
	flags.push_back(input.name);
	return flags;
}

} // namespace

void instance::configure(clang::CompilerInvocation &invocation, const bcc_clang_input &input)
{
	clang::PreprocessorOptions &pp = invocation.getPreprocessorOpts();
	std::vector<std::string> before;

	for (size_t i = 0; i < input.file_count; i++)
		if (!input.files[i].on_request)
			before.push_back(std::string(virtual_root) + "/" + input.files[i].name);
	pp.Includes.insert(pp.Includes.begin(), before.begin(), before.end());
	// what the text's macros decide comes after it
	std::string whole = input.text;
	whole += "\n#include \"";
	whole += virtual_root;
	whole += "/bcc/license.h\"\n";
	pp.addRemappedFile(input.name, llvm::MemoryBuffer::getMemBufferCopy(whole, input.name).release());
	invocation.getDiagnosticOpts().ShowColors = false;
	invocation.getDiagnosticOpts().ShowCarets = true;
	invocation.getFrontendOpts().DisableFree = false;
	pp.DisablePragmaDebugCrash = true;
	// see header_bodies.h
	invocation.getFrontendOpts().SkipFunctionBodies = input.kernel_headers;
}

instance::instance(const bcc_clang_input &input) : stream(text)
{
	if (deadly_directive found = find_deadly_directive(input.text); found.code) {
		stream << input.name << ':' << found.line << ":1: error: the text has "
		       << deadly_directive_name(found.code);
		return;
	}
	std::vector<const char *> flags = all_flags(input);
	llvm::IntrusiveRefCntPtr<virtual_files> files(new virtual_files(input));
	auto invocation = std::make_shared<clang::CompilerInvocation>();
	// flags are parsed with a diagnostics engine of their own: the compiler's takes its options from them
#if BCC_LLVM_MAJOR >= 21
	clang::DiagnosticOptions early_options;
	clang::DiagnosticsEngine early(clang::DiagnosticIDs::create(), early_options,
		new clang::TextDiagnosticPrinter(stream, early_options));
#else
	llvm::IntrusiveRefCntPtr<clang::DiagnosticOptions> early_options(new clang::DiagnosticOptions);
	clang::DiagnosticsEngine early(new clang::DiagnosticIDs, early_options,
		new clang::TextDiagnosticPrinter(stream, early_options.get()));
#endif
	if (!clang::CompilerInvocation::CreateFromArgs(*invocation, flags, early) ||
		early.hasErrorOccurred()) {
		stream.flush();
		text.insert(0, "the compiler refuses its flags:\n");
		return;
	}
	configure(*invocation, input);

#if BCC_LLVM_MAJOR >= 21
	compiler = std::make_unique<clang::CompilerInstance>(invocation);
	compiler->setVirtualFileSystem(files);
	compiler->createDiagnostics(new diagnostics(stream, invocation->getDiagnosticOpts(), input));
#else
	compiler = std::make_unique<clang::CompilerInstance>();
	compiler->setInvocation(invocation);
	compiler->createDiagnostics(new diagnostics(stream, invocation->getDiagnosticOpts(), input));
#endif
#if BCC_LLVM_MAJOR >= 21
	compiler->createFileManager();
#else
	compiler->createFileManager(files);
#endif
	// where clang would print the number of errors to stderr
	compiler->setVerboseOutputStream(llvm::nulls());
}

const std::string &instance::messages()
{
	stream.flush();
	return text;
}

} // namespace bcc

const void *bcc_clang_code(void)
{
	return reinterpret_cast<const void *>(&clang::getClangFullVersion);
}
