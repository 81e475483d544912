// SPDX-License-Identifier: Apache-2.0
#ifndef FRONTENDS_CLANG_DEBUG_INFO_H
#define FRONTENDS_CLANG_DEBUG_INFO_H

#include <llvm/IR/Module.h>

namespace bcc
{

// Reduces a module's debug information to what BTF is made from: types, and the source line of each
// instruction. It saves the passes and the code generator from working out registers of variables and DWARF.
void keep_btf_only(llvm::Module &module);

} // namespace bcc

#endif
