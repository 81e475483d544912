// SPDX-License-Identifier: Apache-2.0
// Which struct a text submits to which buffer: clients ask for its fields.
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

// Of each buffer, by its name: "FIELD#TYPE" of the struct that is submitted first.
using submitted_events = std::map<std::string, std::vector<std::string>>;

void find_submitted_events(const clang::FunctionDecl &function, submitted_events &events);

// Puts them into section .bcc.events: for each the buffer's name and the fields, strings all, with an empty one behind.
void keep_submitted_events(llvm::Module &module, const submitted_events &events);

} // namespace bcc

#endif
