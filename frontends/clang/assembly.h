// SPDX-License-Identifier: Apache-2.0
// Assembly in a text: instructions and data, none of the assembler's other directives.
#ifndef FRONTENDS_CLANG_ASSEMBLY_H
#define FRONTENDS_CLANG_ASSEMBLY_H

#include <clang/AST/Decl.h>
#include <clang/Frontend/CompilerInstance.h>
#include <llvm/IR/Module.h>

namespace bcc
{

// An error for asm("…") outside of functions. `headers`, here and below: what is in system headers is left
// alone, because it is thrown away (machine_code.h).
void refuse_file_assembly(clang::CompilerInstance &compiler, const clang::Decl &declaration, bool headers);

// Errors for directives that read files, print, repeat or place things, and for symbols where LLVM would
// crash.
void check_assembly(clang::CompilerInstance &compiler, const llvm::Module &module, bool headers);

} // namespace bcc

#endif
