// SPDX-License-Identifier: Apache-2.0
// Records which types a text submits to which buffer: clients ask for their fields.
#ifndef FRONTENDS_CLANG_SUBMITTED_EVENTS_H
#define FRONTENDS_CLANG_SUBMITTED_EVENTS_H

#include <map>
#include <string>
#include <vector>

#include <clang/AST/Type.h>

namespace clang
{
class ASTConsumer;
class ASTContext;
class FunctionDecl;
} // namespace clang
namespace llvm
{
class Module;
}

namespace bcc
{

struct submitted_events {
	// For each buffer, by name: "FIELD#TYPE" of the struct that is submitted first.
	std::map<std::string, std::vector<std::string>> fields;
	// Each type that is submitted once, in the order of the text. Valid as long as the AST.
	std::map<std::string, std::vector<clang::QualType>> types;
};

void find_submitted_events(const clang::FunctionDecl &function, submitted_events &events);

// Writes the fields to section .bcc.events: for each, the buffer's name and the fields, all as strings, and
// an empty one.
void keep_submitted_events(llvm::Module &module, const submitted_events &events);

// Gives the object BTF of the types: a pointer to each, __bcc_event_INDEX_BUFFER, in section
// .bcc.event_types. To be called when the whole text has been parsed.
void keep_event_types(
	clang::ASTContext &text, const submitted_events &events, clang::ASTConsumer &code_generator);

} // namespace bcc

#endif
