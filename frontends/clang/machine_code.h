// SPDX-License-Identifier: Apache-2.0
// What the kernel's headers bring into a module that is of its machine only.
#ifndef FRONTENDS_CLANG_MACHINE_CODE_H
#define FRONTENDS_CLANG_MACHINE_CODE_H

#include <clang/Basic/SourceManager.h>
#include <llvm/IR/Module.h>

namespace bcc
{

// Puts a call to a declaration "__bcc_machine_code.FUNCTION" (rewriter.h) in place of each piece of assembly that is written in
// a system header, and drops all else that names the machine. The text's own assembly is BPF's and stays.
void forget_machine(llvm::Module &module, const clang::SourceManager &sources);

} // namespace bcc

#endif
