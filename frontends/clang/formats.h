// SPDX-License-Identifier: Apache-2.0
// Formats of bpf_trace_printk(): the kernel prints nothing of one that it refuses, and says so to the program only.
#ifndef FRONTENDS_CLANG_FORMATS_H
#define FRONTENDS_CLANG_FORMATS_H

#include <clang/AST/Decl.h>
#include <clang/Frontend/CompilerInstance.h>

namespace bcc
{

// Warns in `function` at the place in each literal format where the kernel would stop.
void check_formats(clang::CompilerInstance &compiler, const clang::FunctionDecl &function);

} // namespace bcc

#endif
