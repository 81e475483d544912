// SPDX-License-Identifier: Apache-2.0
// Records which struct a text submits to which buffer: clients ask for its fields.
#ifndef FRONTENDS_CLANG_SUBMITTED_EVENTS_H
#define FRONTENDS_CLANG_SUBMITTED_EVENTS_H

#include <map>
#include <string>
#include <vector>

namespace clang
{
class FunctionDecl;
}
namespace llvm
{
class Module;
}

namespace bcc
{

// For each buffer, by name: "FIELD#TYPE" of the struct that is submitted first.
using submitted_events = std::map<std::string, std::vector<std::string>>;

void find_submitted_events(const clang::FunctionDecl &function, submitted_events &events);

// Writes them to section .bcc.events: for each, the buffer's name and the fields, all as strings, and an
// empty one.
void keep_submitted_events(llvm::Module &module, const submitted_events &events);

} // namespace bcc

#endif
