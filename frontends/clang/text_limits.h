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

// Whether an #if of the text is longer than its parser has stack for. `text` ends with a NUL behind it.
bool has_long_directive(llvm::StringRef text);

} // namespace bcc

#endif
