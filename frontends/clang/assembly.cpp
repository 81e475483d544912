// SPDX-License-Identifier: Apache-2.0
#include "assembly.h"

#include <clang/Basic/CharInfo.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

#include "machine_code.h"

namespace bcc
{
namespace
{

bool is_harmless(llvm::StringRef word)
{
	static const llvm::StringRef words[] = {
		".byte", ".2byte", ".4byte", ".8byte", ".short", ".hword", ".word", ".long", ".int", ".quad"};

	return llvm::is_contained(words, word.lower());
}

// The first directive that is not allowed, "": none. Wherever a point is: macros of the assembler, its
// comments and its ways to end a statement need not be understood then. What is put in for an operand can
// make a word longer.
llvm::StringRef find_directive(llvm::StringRef text)
{
	auto of_word = [](char c) {
		return clang::isAsciiIdentifierContinue(c) || c == '.' || c == '$' || c == '@';
	};

	for (size_t i = 0; i < text.size(); i++) {
		if (text[i] != '.' || (i && (of_word(text[i - 1]) || text[i - 1] == '}')))
			continue;
		llvm::StringRef word = text.substr(i).take_while(of_word);
		// labels of the function's own, and fractions, which there are none of
		if (word.starts_with(".L") || is_harmless(word) ||
			(word.size() > 1 && clang::isDigit(word[1])))
			continue;
		return word;
	}
	return "";
}

void report(clang::CompilerInstance &compiler, clang::SourceLocation place, const std::string &what)
{
	clang::DiagnosticsEngine &diagnostics = compiler.getDiagnostics();

	diagnostics.Report(place, diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "%0")) << what;
}

void check_call(clang::CompilerInstance &compiler, const llvm::CallBase &call, bool headers)
{
	llvm::StringRef text = llvm::cast<llvm::InlineAsm>(call.getCalledOperand())->getAsmString();
	llvm::StringRef directive = find_directive(text);

	clang::SourceLocation place = place_of_assembly(call);

	if (headers && is_in_system_header(place, compiler.getSourceManager()))
		return;
	if (text.contains("$("))
		report(compiler, place, "assembly with alternatives ({a|b}) is not available");
	else if (!directive.empty())
		report(compiler, place,
			"the assembler's directive " + directive.str() +
				" is not available: assembly in a text is instructions, labels, .byte, .4byte, .8byte");
}

} // namespace

void refuse_file_assembly(clang::CompilerInstance &compiler, const clang::Decl &declaration, bool headers)
{
	if (llvm::isa<clang::FileScopeAsmDecl>(declaration) &&
		!(headers && is_in_system_header(declaration.getLocation(), compiler.getSourceManager())))
		report(compiler, declaration.getLocation(),
			"assembly outside of functions is not available in a program text");
}

void check_assembly(clang::CompilerInstance &compiler, const llvm::Module &module, bool headers)
{
	for (const llvm::Function &f : module) {
		for (const llvm::Instruction &i : llvm::instructions(f)) {
			auto *call = llvm::dyn_cast<llvm::CallBase>(&i);
			if (call && call->isInlineAsm())
				check_call(compiler, *call, headers);
		}
	}
}

} // namespace bcc
