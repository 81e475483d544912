// SPDX-License-Identifier: Apache-2.0
// Errors for what clang or LLVM crash over, or take minutes for, when they make code for BPF.
#ifndef FRONTENDS_CLANG_UNAVAILABLE_H
#define FRONTENDS_CLANG_UNAVAILABLE_H

#include <clang/AST/Decl.h>
#include <clang/Frontend/CompilerInstance.h>

namespace bcc
{

// Of a declaration, or of a struct with its members: ifuncs, which no loader of BPF resolves; vectors that
// are too wide, or of bool; _Atomic structs; vast structs; some arguments of builtin functions.
void refuse_unavailable(clang::CompilerInstance &compiler, const clang::Decl &declaration);

// va_start() and the like.
void refuse_variable_arguments(clang::CompilerInstance &compiler, const clang::FunctionDecl &function);

} // namespace bcc

#endif
