// SPDX-License-Identifier: Apache-2.0
// Pointers that the text or the kernel's BTF marks as pointing to user memory: `__user`, which is the type
// tag "user".
#ifndef FRONTENDS_CLANG_USER_POINTERS_H
#define FRONTENDS_CLANG_USER_POINTERS_H

namespace clang
{
class FunctionDecl;
}

namespace bcc
{

// Passes each such pointer, where `function` takes its value, through __bcc_user_pointer(): this tells the
// rewriter what a type tag does not carry into the IR. To be called before code is generated for it.
void mark_user_pointers(clang::FunctionDecl &function);

} // namespace bcc

#endif
