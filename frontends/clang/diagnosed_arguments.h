// SPDX-License-Identifier: Apache-2.0
// What a diagnostic is about.
#ifndef FRONTENDS_CLANG_DIAGNOSED_ARGUMENTS_H
#define FRONTENDS_CLANG_DIAGNOSED_ARGUMENTS_H

#include <clang/AST/Decl.h>
#include <clang/Basic/Diagnostic.h>

#include <string>

namespace bcc
{

// The name in argument `i`; "": there is none, or it is something else.
std::string name_argument(const clang::Diagnostic &diagnostic, unsigned i);

// The struct or union in argument `i`, or that a type there is; or null.
const clang::RecordDecl *record_argument(const clang::Diagnostic &diagnostic, unsigned i);

// The field of a tracepoint's struct that says where `member`, which has no fixed size, is in the event:
// "__data_loc_filename" for "filename". Null: it has none.
const clang::FieldDecl *dynamic_field(const clang::RecordDecl *record, llvm::StringRef member);

} // namespace bcc

#endif
