// SPDX-License-Identifier: Apache-2.0
// Machine code in the kernel's headers, which is specific to their architecture.
#ifndef FRONTENDS_CLANG_MACHINE_CODE_H
#define FRONTENDS_CLANG_MACHINE_CODE_H

#include <clang/Basic/SourceManager.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Module.h>

namespace bcc
{

// Where assembly is written; invalid if clang does not say.
clang::SourceLocation place_of_assembly(const llvm::CallBase &call);
bool is_in_system_header(clang::SourceLocation place, const clang::SourceManager &sources);

// Drops the attributes of functions that choose a CPU or its features: code is generated for one target, and
// LLVM prints warnings about features that it does not know.
void forget_targets(llvm::Module &module);

// Replaces each piece of assembly in a system header by a call to a declaration "__bcc_machine_code.FUNCTION"
// (rewriter.h), and drops the headers' assembly outside of functions. The text's own assembly is for BPF and
// stays.
void forget_machine(llvm::Module &module, const clang::SourceManager &sources);

} // namespace bcc

#endif
