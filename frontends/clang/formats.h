// SPDX-License-Identifier: Apache-2.0
// Formats of bpf_trace_printk(): if the kernel rejects one, it prints nothing and only tells the program.
#ifndef FRONTENDS_CLANG_FORMATS_H
#define FRONTENDS_CLANG_FORMATS_H

#include <clang/AST/Decl.h>
#include <clang/Frontend/CompilerInstance.h>

namespace bcc
{

// Warns about each literal format in `function`, at the position where the kernel would stop.
void check_formats(clang::CompilerInstance &compiler, const clang::FunctionDecl &function);

} // namespace bcc

#endif
