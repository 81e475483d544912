// SPDX-License-Identifier: Apache-2.0
#include "debug_info.h"

#include <vector>

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>

namespace bcc
{
namespace
{

void forget_variables(llvm::Function &function)
{
	std::vector<llvm::Instruction *> calls;

	for (llvm::Instruction &instruction : llvm::instructions(function)) {
#if BCC_LLVM_MAJOR >= 19
		instruction.dropDbgRecords();
#endif
		if (llvm::isa<llvm::DbgVariableIntrinsic>(instruction))
			calls.push_back(&instruction);
	}
	for (llvm::Instruction *call : calls)
		call->eraseFromParent();
}

// An identical unit for which the code generator writes no DWARF. The kind of an existing unit cannot be
// changed.
llvm::DICompileUnit *without_dwarf(const llvm::DICompileUnit &unit)
{
	return llvm::DICompileUnit::getDistinct(unit.getContext(), unit.getSourceLanguage(), unit.getFile(),
		unit.getProducer(), unit.isOptimized(), unit.getFlags(), unit.getRuntimeVersion(),
		unit.getSplitDebugFilename(), llvm::DICompileUnit::DebugDirectivesOnly, unit.getEnumTypes(),
		unit.getRetainedTypes(), unit.getGlobalVariables(), unit.getImportedEntities(),
		unit.getMacros(), unit.getDWOId(), unit.getSplitDebugInlining(),
		unit.getDebugInfoForProfiling(), unit.getNameTableKind(), unit.getRangesBaseAddress(),
		unit.getSysRoot(), unit.getSDK());
}

// Everything that refers to the unit `from`.
void move_to_unit(llvm::Module &module, const llvm::DICompileUnit &from, llvm::DICompileUnit *to)
{
	for (llvm::Function &function : module) {
		llvm::DISubprogram *subprogram = function.getSubprogram();
		if (subprogram && subprogram->getUnit() == &from)
			subprogram->replaceUnit(to);
	}
	for (llvm::DIGlobalVariableExpression *expression : from.getGlobalVariables()) {
		llvm::DIGlobalVariable *variable = expression->getVariable();
		if (variable->getScope() == &from)
			variable->replaceOperandWith(0, to);
	}
}

// Of a function that is declared with a typedef of its type, clang takes the typedef.
void find_type(llvm::DISubprogram *subprogram)
{
	constexpr unsigned type_operand = 4;

	if (!subprogram || !subprogram->getRawType() ||
		llvm::isa<llvm::DISubroutineType>(subprogram->getRawType()))
		return;
	llvm::Metadata *real = subprogram->getRawType();
	while (auto *derived = llvm::dyn_cast_or_null<llvm::DIDerivedType>(real))
		real = derived->getRawBaseType();
	subprogram->replaceOperandWith(type_operand, llvm::dyn_cast_or_null<llvm::DISubroutineType>(real));
}

} // namespace

void keep_btf_only(llvm::Module &module)
{
	llvm::NamedMDNode *units = module.getNamedMetadata("llvm.dbg.cu");

	for (llvm::Function &function : module) {
		forget_variables(function);
		find_type(function.getSubprogram());
	}
	for (unsigned i = 0; units && i < units->getNumOperands(); i++) {
		auto *unit = llvm::cast<llvm::DICompileUnit>(units->getOperand(i));
		llvm::DICompileUnit *lean = without_dwarf(*unit);

		move_to_unit(module, *unit, lean);
		units->setOperand(i, lean);
	}
}

} // namespace bcc
