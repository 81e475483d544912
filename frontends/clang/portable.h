// SPDX-License-Identifier: Apache-2.0
// What cannot be right on another kernel than this one, in an object that is for several.
#ifndef FRONTENDS_CLANG_PORTABLE_H
#define FRONTENDS_CLANG_PORTABLE_H

#include <memory>

#include <clang/AST/Decl.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Lex/PPCallbacks.h>
#include <llvm/IR/Module.h>

#include "clang.h"

namespace bcc
{

// Reports what a text, or a header that it includes, asks of this kernel's version and configuration.
std::unique_ptr<clang::PPCallbacks> portable_macros(clang::Preprocessor &preprocessor);

// Reports what of the kernel's types becomes a number in a function, a struct or a variable, and is not
// relocated: sizes, places, enumerators; and bit fields that are read through a pointer: the relocation that
// clang makes of such a read says where its bytes are, not which bits of these.
void refuse_unportable(
	clang::CompilerInstance &compiler, const bcc_clang_input &input, const clang::Decl &declaration);

// How many bytes are read of a field is a number too. Makes each function that reads fields ask, when it is
// loaded, whether they have as many in the kernel that loads it: if not, the verifier refuses it.
void check_field_sizes(llvm::Module &module);

} // namespace bcc

#endif
