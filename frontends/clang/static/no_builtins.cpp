// SPDX-License-Identifier: Apache-2.0
// Replaces clang's functions for targets that nothing is compiled for (cmake/OtherTargets.cmake).
#include <memory>

#include <clang/Basic/Builtins.h>
#include <clang/Sema/RISCVIntrinsicManager.h>
#include <llvm/ADT/ArrayRef.h>

// TargetInfo::getTargetBuiltins() and clang::CreateRISCVIntrinsicManager(), under names that a linker script
// can use.
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
