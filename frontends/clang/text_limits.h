// SPDX-License-Identifier: Apache-2.0
// What a text may ask of the preprocessor and the parser: not to nest deeper than there is stack for
// (common/large_stack.h), not to grow without end, and not to look into the compiler.
#ifndef FRONTENDS_CLANG_TEXT_LIMITS_H
#define FRONTENDS_CLANG_TEXT_LIMITS_H

#include <clang/Frontend/CompilerInstance.h>

namespace bcc
{

// From when the preprocessor is made until its first token is asked for.
void limit_text(clang::CompilerInstance &compiler);

// A directive that clang does not survive: it must not be given a text that has one.
struct deadly_directive {
	int code;    // 0: there is none; EMSGSIZE: an #if that its parser has no stack for; ENOTSUP: #embed
	size_t line; // from 1
};

// `text` ends with a NUL behind it.
deadly_directive find_deadly_directive(llvm::StringRef text);

// What a file with such a directive has, for "it has …".
const char *deadly_directive_name(int code);

} // namespace bcc

#endif
