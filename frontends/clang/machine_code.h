// SPDX-License-Identifier: Apache-2.0
// Machine code in the kernel's headers, which is specific to their architecture.
#ifndef FRONTENDS_CLANG_MACHINE_CODE_H
#define FRONTENDS_CLANG_MACHINE_CODE_H

#include <clang/Basic/SourceManager.h>
#include <llvm/IR/Module.h>

namespace bcc
{

// Replaces each piece of assembly in a system header by a call to a declaration "__bcc_machine_code.FUNCTION"
// (rewriter.h), and drops everything else that names the architecture. The text's own assembly is for BPF and
// stays.
void forget_machine(llvm::Module &module, const clang::SourceManager &sources);

} // namespace bcc

#endif
