// SPDX-License-Identifier: Apache-2.0
#include "codegen_gate.h"

#include <functional>
#include <vector>

#include <clang/AST/Attr.h>
#include <clang/AST/Decl.h>
#include <clang/AST/DeclGroup.h>
#include <clang/CodeGen/ModuleBuilder.h>
#include <llvm/IR/Module.h>

namespace bcc
{
namespace
{

class gate : public clang::ASTConsumer
{
      public:
	gate(std::unique_ptr<clang::ASTConsumer> g, const clang::CodeGenAction &a,
		clang::DiagnosticsEngine &d)
	    : generator(std::move(g)), action(a), diagnostics(d)
	{
	}

	void Initialize(clang::ASTContext &context) override
	{
		generator->Initialize(context);
	}

	bool HandleTopLevelDecl(clang::DeclGroupRef group) override
	{
		keep([this, group] { generator->HandleTopLevelDecl(group); });
		return true;
	}

	void HandleInlineFunctionDefinition(clang::FunctionDecl *function) override
	{
		keep([this, function] { generator->HandleInlineFunctionDefinition(function); });
	}

	void HandleInterestingDecl(clang::DeclGroupRef group) override
	{
		keep([this, group] { generator->HandleInterestingDecl(group); });
	}

	void HandleTagDeclDefinition(clang::TagDecl *tag) override
	{
		keep([this, tag] { generator->HandleTagDeclDefinition(tag); });
	}

	void HandleTagDeclRequiredDefinition(const clang::TagDecl *tag) override
	{
		keep([this, tag] { generator->HandleTagDeclRequiredDefinition(tag); });
	}

	void CompleteTentativeDefinition(clang::VarDecl *variable) override
	{
		keep([this, variable] { generator->CompleteTentativeDefinition(variable); });
	}

#if BCC_LLVM_MAJOR >= 19
	void CompleteExternalDeclaration(clang::DeclaratorDecl *declaration) override
#else
	void CompleteExternalDeclaration(clang::VarDecl *declaration) override
#endif
	{
		keep([this, declaration] {
			if (is_its_kind(*declaration))
				generator->CompleteExternalDeclaration(declaration);
		});
	}

	// After errors it throws away what it has.
	void HandleTranslationUnit(clang::ASTContext &context) override
	{
		for (const std::function<void()> &call : calls) {
			// it has errors of its own
			if (diagnostics.hasErrorOccurred())
				break;
			call();
		}
		generator->HandleTranslationUnit(context);
	}

      private:
	// Whether what bears the declaration's name in the module is what it declares: the generator takes
	// that for granted. asm labels, aliases and ifuncs can give a name to something else.
	bool is_its_kind(const clang::DeclaratorDecl &declaration)
	{
		const auto *label = declaration.getAttr<clang::AsmLabelAttr>();
		llvm::StringRef name = label ? label->getLabel() : declaration.getName();
		const llvm::GlobalValue *named = action.getCodeGenerator()->GetModule()->getNamedValue(name);
		bool function = llvm::isa<clang::FunctionDecl>(declaration);

		return !named ||
		       (function ? llvm::isa<llvm::Function>(named) : llvm::isa<llvm::GlobalVariable>(named));
	}

	void keep(std::function<void()> call)
	{
		if (!diagnostics.hasErrorOccurred())
			calls.push_back(std::move(call));
	}

	std::unique_ptr<clang::ASTConsumer> generator;
	const clang::CodeGenAction &action;
	clang::DiagnosticsEngine &diagnostics;
	std::vector<std::function<void()>> calls;
};

} // namespace

std::unique_ptr<clang::ASTConsumer> codegen_gate(std::unique_ptr<clang::ASTConsumer> generator,
	const clang::CodeGenAction &action, clang::DiagnosticsEngine &diagnostics)
{
	return std::make_unique<gate>(std::move(generator), action, diagnostics);
}

} // namespace bcc
