// SPDX-License-Identifier: Apache-2.0
// What cmake/OtherTargets.cmake puts in the place of clang's functions of targets that nothing is compiled for.
#include <memory>

#include <clang/Basic/Builtins.h>
#include <clang/Sema/RISCVIntrinsicManager.h>
#include <llvm/ADT/ArrayRef.h>

// As TargetInfo::getTargetBuiltins() and clang::CreateRISCVIntrinsicManager(), under names that a linker script can have.
extern "C" {
__attribute__((visibility("hidden"))) llvm::ArrayRef<clang::Builtin::Info> bcc_no_builtins();
__attribute__((visibility("hidden"))) std::unique_ptr<clang::sema::RISCVIntrinsicManager> bcc_no_intrinsics();
}

llvm::ArrayRef<clang::Builtin::Info> bcc_no_builtins()
{
	return {};
}

std::unique_ptr<clang::sema::RISCVIntrinsicManager> bcc_no_intrinsics()
{
	return nullptr;
}
