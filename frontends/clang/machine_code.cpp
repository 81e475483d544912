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

// clang attaches the location of the assembly's first line to the call, as its own encoded source location.
bool from_system_header(const llvm::CallBase &call, const clang::SourceManager &sources)
{
	const llvm::MDNode *node = call.getMetadata("srcloc");
	const auto *raw = node && node->getNumOperands()
				  ? llvm::mdconst::dyn_extract<llvm::ConstantInt>(node->getOperand(0))
				  : nullptr;

	if (!raw)
		return false;
	clang::SourceLocation place = clang::SourceLocation::getFromRawEncoding(raw->getZExtValue());
	return place.isValid() && sources.isInSystemHeader(sources.getSpellingLoc(place));
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

void forget_machine(llvm::Module &module, const clang::SourceManager &sources)
{
	std::vector<llvm::CallBase *> assembly;

	module.setModuleInlineAsm("");
	for (llvm::Function &f : module) {
		for (const char *attribute : {"target-cpu", "target-features", "tune-cpu"})
			f.removeFnAttr(attribute);
		for (llvm::Instruction &i : llvm::instructions(f)) {
			auto *call = llvm::dyn_cast<llvm::CallBase>(&i);
			if (call && call->isInlineAsm() && !is_barrier(*call) &&
				from_system_header(*call, sources))
				assembly.push_back(call);
		}
	}
	for (llvm::CallBase *call : assembly)
		replace(*call);
}

} // namespace bcc
