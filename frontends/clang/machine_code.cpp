// SPDX-License-Identifier: Apache-2.0
#include "machine_code.h"

#include <vector>

#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>

namespace bcc
{
namespace
{

// Without instructions it is only a compiler barrier, such as the kernel's barrier().
bool is_barrier(const llvm::CallBase &call)
{
	return llvm::cast<llvm::InlineAsm>(call.getCalledOperand())->getAsmString().empty();
}

void replace(llvm::CallBase &call)
{
	std::vector<llvm::Value *> arguments(call.arg_begin(), call.arg_end());
	// one declaration each: types differ
	llvm::Function *stand_in =
		llvm::Function::Create(call.getFunctionType(), llvm::GlobalValue::ExternalLinkage,
			"__bcc_machine_code." + call.getFunction()->getName(), call.getModule());
	llvm::IRBuilder<> builder(&call);
	llvm::CallInst *made = builder.CreateCall(stand_in, arguments);

	made->setDebugLoc(call.getDebugLoc());
	call.replaceAllUsesWith(made);
	// asm goto is a terminator
	if (auto *jumps = llvm::dyn_cast<llvm::CallBrInst>(&call)) {
		for (unsigned i = 0; i < jumps->getNumIndirectDests(); i++)
			jumps->getIndirectDest(i)->removePredecessor(jumps->getParent());
		builder.CreateBr(jumps->getDefaultDest());
	}
	call.eraseFromParent();
}

} // namespace

// clang keeps the place of the assembly's first line at the call: its own raw encoding of a place.
clang::SourceLocation place_of_assembly(const llvm::CallBase &call)
{
	const llvm::MDNode *node = call.getMetadata("srcloc");
	const auto *raw = node && node->getNumOperands()
				  ? llvm::mdconst::dyn_extract<llvm::ConstantInt>(node->getOperand(0))
				  : nullptr;

	return raw ? clang::SourceLocation::getFromRawEncoding(raw->getZExtValue()) : clang::SourceLocation();
}

bool is_in_system_header(clang::SourceLocation place, const clang::SourceManager &sources)
{
	return place.isValid() && sources.isInSystemHeader(sources.getSpellingLoc(place));
}

void forget_targets(llvm::Module &module)
{
	for (llvm::Function &f : module) {
		for (const char *attribute : {"target-cpu", "target-features", "tune-cpu"})
			f.removeFnAttr(attribute);
	}
}

void forget_machine(llvm::Module &module, const clang::SourceManager &sources)
{
	std::vector<llvm::CallBase *> assembly;

	module.setModuleInlineAsm("");
	for (llvm::Function &f : module) {
		for (llvm::Instruction &i : llvm::instructions(f)) {
			auto *call = llvm::dyn_cast<llvm::CallBase>(&i);
			if (call && call->isInlineAsm() && !is_barrier(*call) &&
				is_in_system_header(place_of_assembly(*call), sources))
				assembly.push_back(call);
		}
	}
	for (llvm::CallBase *call : assembly)
		replace(*call);
}

} // namespace bcc
