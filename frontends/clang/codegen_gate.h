// SPDX-License-Identifier: Apache-2.0
// clang's code generator, shown only texts that are free of errors: it takes for granted what Sema checks, is
// asked after errors too (for a variable that is only declared, of a broken struct), and does not free all
// that it has made if it is stopped by one.
#ifndef FRONTENDS_CLANG_CODEGEN_GATE_H
#define FRONTENDS_CLANG_CODEGEN_GATE_H

#include <memory>

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/Diagnostic.h>
#include <clang/CodeGen/CodeGenAction.h>

namespace bcc
{

// `generator` is the one of `action`. It is told everything at the end, in the order in which it was parsed.
std::unique_ptr<clang::ASTConsumer> codegen_gate(std::unique_ptr<clang::ASTConsumer> generator,
	const clang::CodeGenAction &action, clang::DiagnosticsEngine &diagnostics);

} // namespace bcc

#endif
