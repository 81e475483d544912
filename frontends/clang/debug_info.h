// SPDX-License-Identifier: Apache-2.0
#ifndef FRONTENDS_CLANG_DEBUG_INFO_H
#define FRONTENDS_CLANG_DEBUG_INFO_H

#include <llvm/IR/Module.h>

namespace bcc
{

// Leaves of a module's debug information what BTF is made of: types, and where each instruction comes from. In which register a
// variable is, and DWARF of all that, the passes and the code generator need not work out.
void keep_btf_only(llvm::Module &module);

} // namespace bcc

#endif
