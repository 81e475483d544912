// SPDX-License-Identifier: Apache-2.0
// Parses a text and makes its module, with what the rewriter needs to know about each program.
#include <cerrno>
#include <cstring>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/CodeGen/ModuleBuilder.h>
#include <clang/Frontend/MultiplexConsumer.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/IR/Module.h>

#include "assembly.h"
#include "codegen_gate.h"
#include "debug_info.h"
#include "formats.h"
#include "header_bodies.h"
#include "instance.h"
#include "machine_code.h"
#include "macro_arguments.h"
#include "packet_headers.h"
#include "portable.h"
#include "submitted_events.h"
#include "text_limits.h"
#include "unavailable.h"
#include "user_pointers.h"

namespace
{

struct program {
	std::string name;
	std::string context; // struct that the first argument points to
};

// Looks at each function of the text: which are programs, and whether their arguments are available.
class program_finder : public clang::ASTConsumer
{
      public:
	program_finder(clang::CompilerInstance &c, const bcc_clang_input &in, bcc::header_bodies &b,
		std::vector<program> &p, std::vector<std::string> &h, bcc::submitted_events &e)
	    : compiler(c), input(in), bodies(b), programs(p), helpers(h), events(e)
	{
	}

	bool HandleTopLevelDecl(clang::DeclGroupRef group) override
	{
		for (clang::Decl *d : group) {
			// what is made of errors may lack anything
			if (compiler.getDiagnostics().hasErrorOccurred())
				return true;
			bcc::refuse_file_assembly(compiler, *d, input.kernel_headers);
			bcc::refuse_unavailable(compiler, *d);
			// in libbpf's dialect it is for the text to ask what differs
			if (input.portable && !input.libbpf)
				bcc::refuse_unportable(compiler, input, *d);
			auto *function = llvm::dyn_cast<clang::FunctionDecl>(d);
			// alias and ifunc define one without a body
			if (!function || !function->doesThisDeclarationHaveABody() || !function->getBody())
				continue;
			if (!compiler.getSourceManager().isInSystemHeader(function->getLocation())) {
				bcc::check_formats(compiler, *function);
				bcc::find_submitted_events(*function, events);
				if (function->isExternallyVisible())
					functions.push_back(function);
				else if (attaches_by_name(*function) && !input.libbpf)
					warn(*function, "%0 is static: it is no program and is not attached");
			}
			if (!input.libbpf)
				bcc::mark_user_pointers(*function);
		}
		return true;
	}

	// Which functions the text calls is known only at the end.
	void HandleTranslationUnit(clang::ASTContext &text) override
	{
		if (compiler.getPreprocessor().SawDateOrTime())
			bcc_depend_other(input.dependencies, "__DATE__ or __TIME__");
		if (compiler.getDiagnostics().hasErrorOccurred())
			return;
		for (const clang::FunctionDecl *function : functions) {
			bcc::refuse_variable_arguments(compiler, *function);
			look_at(*function);
		}
		if (!compiler.getDiagnostics().hasErrorOccurred())
			bcc::keep_event_types(text, events, compiler.getASTConsumer());
	}

	void HandleTagDeclDefinition(clang::TagDecl *tag) override
	{
		if (compiler.getDiagnostics().hasErrorOccurred())
			return;
		bcc::refuse_unavailable(compiler, *tag);
		bcc::mark_packet_header(*tag);
	}

	bool shouldSkipFunctionBody(clang::Decl *declaration) override
	{
		return bodies.pass_over(*declaration, compiler.getPreprocessor());
	}

      private:
	void look_at(const clang::FunctionDecl &function)
	{
		// What has no section is a function of the text's, which the verifier checks by itself.
		if (input.libbpf)
			return;
		unsigned count = function.getNumParams();
		std::string context = count ? pointee(function.getParamDecl(0)->getType()) : "";

		// void *ctx, followed by arguments of a traced function
		if (count > 1 && function.getParamDecl(0)->getType()->isVoidPointerType() &&
			!function.isReferenced())
			context = "pt_regs";
		// A function with arguments other than a context's is one that the text calls itself.
		if (function.isInlineSpecified() || (count > 1 && context != "pt_regs") ||
			(count == 1 && !function.getParamDecl(0)->getType()->isPointerType())) {
			helpers.push_back(function.getNameAsString());
			if (attaches_by_name(function))
				warn(function,
					"%0 is not attached: the first parameter of a program is its context, as struct pt_regs "
					"*ctx");
			return;
		}
		if (is_kprobe(function) && context != "pt_regs" && !context.empty())
			warn(function,
				"the first parameter of %0 is its context, a struct pt_regs *; arguments of the traced "
				"function follow it");
		for (unsigned i = 1; i < count; i++)
			check_argument(*function.getParamDecl(i), i);
		programs.push_back({function.getNameAsString(), context});
	}

	static bool is_kprobe(const clang::FunctionDecl &function)
	{
		std::string name = function.getNameAsString();

		return !name.compare(0, 8, "kprobe__") || !name.compare(0, 11, "kretprobe__");
	}

	static bool attaches_by_name(const clang::FunctionDecl &function)
	{
		std::string name = function.getNameAsString();

		if (is_kprobe(function))
			return true;
		for (const char *prefix :
			{"tracepoint__", "raw_tracepoint__", "kfunc__", "kretfunc__", "kmod_ret__", "lsm__"})
			if (!name.compare(0, strlen(prefix), prefix))
				return true;
		return false;
	}

	template <size_t N> void warn(const clang::FunctionDecl &function, const char (&message)[N])
	{
		clang::DiagnosticsEngine &diagnostics = compiler.getDiagnostics();

		diagnostics.Report(function.getLocation(),
			diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Warning, message))
			<< &function;
	}

	static std::string pointee(clang::QualType type)
	{
		if (!type->isPointerType())
			return "";
		const clang::RecordDecl *record = type->getPointeeType()->getAsRecordDecl();
		return record ? record->getNameAsString() : "";
	}

	void check_argument(const clang::ParmVarDecl &argument, unsigned index)
	{
		clang::DiagnosticsEngine &diagnostics = compiler.getDiagnostics();

		if (index > input.argument_registers) {
			unsigned id = diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error,
				"too many arguments: only the first %0 arguments of a traced function are in registers");
			diagnostics.Report(argument.getLocation(), id) << input.argument_registers;
		} else if (!argument.getType()->isScalarType() || argument.getType()->isRealFloatingType()) {
			unsigned id = diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error,
				"an argument of a traced function must be an integer or a pointer, not %0");
			diagnostics.Report(argument.getLocation(), id) << argument.getType();
		}
	}

	clang::CompilerInstance &compiler;
	const bcc_clang_input &input;
	bcc::header_bodies &bodies;
	std::vector<const clang::FunctionDecl *> functions;
	std::vector<program> &programs;
	std::vector<std::string> &helpers;
	bcc::submitted_events &events;
};

// Behind the code generator, on what it has made.
class assembly_checker : public clang::ASTConsumer
{
      public:
	assembly_checker(clang::CompilerInstance &c, const bcc_clang_input &in, const clang::CodeGenAction &a)
	    : compiler(c), input(in), action(a)
	{
	}

	void HandleTranslationUnit(clang::ASTContext &) override
	{
		const llvm::Module *module = action.getCodeGenerator()->GetModule();

		if (module)
			bcc::check_assembly(compiler, *module, input.kernel_headers);
	}

      private:
	clang::CompilerInstance &compiler;
	const bcc_clang_input &input;
	const clang::CodeGenAction &action;
};

class module_action : public clang::EmitLLVMOnlyAction
{
      public:
	module_action(llvm::LLVMContext *context, const bcc_clang_input &in, bcc::header_bodies &b)
	    : EmitLLVMOnlyAction(context), input(in), bodies(b)
	{
	}

	std::unique_ptr<llvm::Module> finish(const clang::SourceManager &sources)
	{
		std::unique_ptr<llvm::Module> module = takeModule();

		if (!module)
			return module;
		if (input.portable && !input.libbpf)
			bcc::check_field_sizes(*module);
		bcc::keep_btf_only(*module);
		bcc::forget_targets(*module);
		if (input.kernel_headers)
			bcc::forget_machine(*module, sources);
		for (const program &p : programs) {
			if (llvm::Function *f = module->getFunction(p.name))
				f->addFnAttr("bcc-ctx", p.context);
		}
		bcc::keep_submitted_events(*module, events);
		for (const std::string &name : helpers) {
			llvm::Function *f = module->getFunction(name);
			if (f && !f->isDeclaration()) {
				f->setLinkage(llvm::GlobalValue::InternalLinkage);
				f->setDSOLocal(true);
			}
		}
		return module;
	}

      protected:
	bool BeginSourceFileAction(clang::CompilerInstance &compiler) override
	{
		bcc::limit_text(compiler);
		return EmitLLVMOnlyAction::BeginSourceFileAction(compiler);
	}

	std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(
		clang::CompilerInstance &compiler, llvm::StringRef file) override
	{
		std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
		clang::Preprocessor &pp = compiler.getPreprocessor();

		pp.addPPCallbacks(bcc::macro_arguments(pp));
		if (input.portable)
			pp.addPPCallbacks(bcc::portable_macros(pp));
		consumers.push_back(
			std::make_unique<program_finder>(compiler, input, bodies, programs, helpers, events));
		consumers.push_back(bcc::codegen_gate(EmitLLVMOnlyAction::CreateASTConsumer(compiler, file),
			*this, compiler.getDiagnostics()));
		consumers.push_back(std::make_unique<assembly_checker>(compiler, input, *this));
		return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
	}

      private:
	const bcc_clang_input &input;
	bcc::header_bodies &bodies;
	std::vector<program> programs;
	std::vector<std::string> helpers; // non-static functions that are not programs
	bcc::submitted_events events;
};

// -EAGAIN: the text has to be parsed again.
int parse(const bcc_clang_input &input, bcc::header_bodies &bodies, LLVMContextRef context,
	LLVMModuleRef *module, char **warnings, bcc_err *err)
{
	bcc::instance clang(input);

	if (!clang.ready())
		return bcc_fail(err, -EINVAL, "%s", clang.messages().c_str());
	module_action action(llvm::unwrap(context), input, bodies);
	bool done = clang.get().ExecuteAction(action);
	std::unique_ptr<llvm::Module> made = done ? action.finish(clang.get().getSourceManager()) : nullptr;

	if (made ? bodies.missing(*made, clang.get().getSourceManager(), clang.get().getLangOpts())
		 : bodies.suspect())
		return -EAGAIN;
	if (!made)
		return bcc_fail(err, -EINVAL, "%s", clang.messages().c_str());
	if (!clang.messages().empty())
		*warnings = strdup(clang.messages().c_str());
	*module = llvm::wrap(made.release());
	return 0;
}

} // namespace

int bcc_clang_module(const bcc_clang_input *input, LLVMContextRef context, LLVMModuleRef *module,
	char **warnings, bcc_err *err)
{
	bcc::header_bodies bodies(input->kernel_headers ? input->text : "");
	int ret;

	*module = nullptr;
	*warnings = nullptr;
	do
		ret = parse(*input, bodies, context, module, warnings, err);
	while (ret == -EAGAIN);
	return ret;
}
