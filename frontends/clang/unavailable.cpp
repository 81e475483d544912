// SPDX-License-Identifier: Apache-2.0
#include "unavailable.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/Expr.h>
#include <clang/AST/RecordLayout.h>
#include <clang/AST/Stmt.h>
#include <clang/Basic/Builtins.h>
#include <clang/Basic/SourceManager.h>

namespace bcc
{
namespace
{

constexpr unsigned vector_elements_max = 64;
constexpr uint64_t struct_size_max = 256 << 20; // bytes; no map takes one

struct complaint {
	const char *text = nullptr; // none
	clang::SourceLocation place;
};

const char *complaint_of(clang::QualType type)
{
	if (type.isNull())
		return nullptr;
	const auto *vector = type->getBaseElementTypeUnsafe()->getAs<clang::VectorType>();
	if (vector && vector->getNumElements() > vector_elements_max)
		return "a vector of more than 64 elements";
	if (vector && vector->getElementType()->isBooleanType())
		return "a vector of bool is not available in BPF";
	for (clang::QualType inner = type; !inner.isNull();
		inner = inner->isPointerType() ? inner->getPointeeType() : clang::QualType()) {
		const auto *atomic = inner->getBaseElementTypeUnsafe()->getAs<clang::AtomicType>();
		if (atomic && !atomic->getValueType()->isScalarType())
			return "only numbers and pointers are _Atomic in BPF";
	}
	return nullptr;
}

std::string called_builtin(const clang::CallExpr &call, const clang::ASTContext &context)
{
	unsigned id = call.getBuiltinCallee();

	return id ? std::string(context.BuiltinInfo.getName(id)) : "";
}

// Of arguments that clang checks only in part.
const char *complaint_of_builtin(const clang::CallExpr &call, const clang::ASTContext &context)
{
	std::string name = call.getNumArgs() ? called_builtin(call, context) : "";

	if (name.empty())
		return nullptr;
	const clang::QualType first = call.getArg(0)->IgnoreParenImpCasts()->getType();
	if ((name == "__builtin_btf_type_id" || name == "__builtin_preserve_type_info") &&
		first->isVoidType())
		return "void has no entry in BTF: this wants another type";
	if (name == "__builtin_preserve_access_index" &&
		(first->isFunctionType() || first->isFunctionPointerType()))
		return "this wants a field of a struct";
	if (name == "__builtin_assume_aligned" && !first->isPointerType() && !first->isArrayType())
		return "this wants a pointer";
	clang::Expr::EvalResult result;
	if (name == "__atomic_always_lock_free" && !call.EvaluateAsInt(result, context))
		return "this wants a constant size";
	return nullptr;
}

complaint complaint_of(const clang::Expr &expression, const clang::ASTContext &context)
{
	const auto *call = llvm::dyn_cast<clang::CallExpr>(&expression);

	if (const char *text = call ? complaint_of_builtin(*call, context) : nullptr)
		return {text, expression.getExprLoc()};
	return {complaint_of(expression.getType()), expression.getExprLoc()};
}

complaint complaint_of(const clang::DeclStmt &declarations)
{
	for (const clang::Decl *d : declarations.decls()) {
		const auto *value = llvm::dyn_cast<clang::ValueDecl>(d);
		const char *text = value ? complaint_of(value->getType()) : nullptr;
		if (text)
			return {text, d->getLocation()};
	}
	return {};
}

// The first one in it.
complaint complaint_of(const clang::Stmt *statement, const clang::ASTContext &context)
{
	complaint found;

	if (!statement)
		return {};
	if (const auto *expression = llvm::dyn_cast<clang::Expr>(statement))
		found = complaint_of(*expression, context);
	else if (const auto *declarations = llvm::dyn_cast<clang::DeclStmt>(statement))
		found = complaint_of(*declarations);
	for (const clang::Stmt *child : statement->children()) {
		if (found.text)
			break;
		found = complaint_of(child, context);
	}
	return found;
}

complaint complaint_of(const clang::FunctionDecl &function)
{
	if (function.hasAttr<clang::IFuncAttr>())
		return {"ifunc is not available in BPF: no loader runs its resolver", function.getLocation()};
	if (const char *text = complaint_of(function.getReturnType()))
		return {text, function.getLocation()};
	for (const clang::ParmVarDecl *parameter : function.parameters())
		if (const char *text = complaint_of(parameter->getType()))
			return {text, parameter->getLocation()};
	return function.doesThisDeclarationHaveABody()
		       ? complaint_of(function.getBody(), function.getASTContext())
		       : complaint();
}

// Where each struct has two of the one before, clang and LLVM can take as long as it is large.
bool is_too_large(const clang::RecordDecl &record)
{
	const clang::ASTContext &context = record.getASTContext();

	if (!record.isCompleteDefinition() || record.isInvalidDecl() ||
		context.getSourceManager().isInSystemHeader(record.getLocation()))
		return false;
	return uint64_t(context.getASTRecordLayout(&record).getSize().getQuantity()) > struct_size_max;
}

complaint complaint_of(const clang::Decl &declaration)
{
	if (const auto *function = llvm::dyn_cast<clang::FunctionDecl>(&declaration))
		return complaint_of(*function);
	if (const auto *record = llvm::dyn_cast<clang::RecordDecl>(&declaration)) {
		for (const clang::FieldDecl *field : record->fields())
			if (const char *text = complaint_of(field->getType()))
				return {text, field->getLocation()};
		return is_too_large(*record)
			       ? complaint{"a struct of more than 256 MB", record->getLocation()}
			       : complaint();
	}
	const auto *variable = llvm::dyn_cast<clang::VarDecl>(&declaration);
	if (!variable)
		return {};
	if (const char *text = complaint_of(variable->getType()))
		return {text, variable->getLocation()};
	return complaint_of(variable->getInit(), variable->getASTContext());
}

const clang::Expr *find_variable_arguments(const clang::Stmt *statement, const clang::ASTContext &context)
{
	if (!statement)
		return nullptr;
	if (const auto *argument = llvm::dyn_cast<clang::VAArgExpr>(statement))
		return argument;
	const auto *call = llvm::dyn_cast<clang::CallExpr>(statement);
	std::string name = call ? called_builtin(*call, context) : "";
	if (name == "__builtin_va_start" || name == "__builtin_va_end" || name == "__builtin_va_copy")
		return call;
	for (const clang::Stmt *child : statement->children())
		if (const clang::Expr *found = find_variable_arguments(child, context))
			return found;
	return nullptr;
}

void report(clang::CompilerInstance &compiler, clang::SourceLocation place, llvm::StringRef what)
{
	clang::DiagnosticsEngine &diagnostics = compiler.getDiagnostics();

	diagnostics.Report(place, diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "%0")) << what;
}

} // namespace

void refuse_unavailable(clang::CompilerInstance &compiler, const clang::Decl &declaration)
{
	complaint found = complaint_of(declaration);

	if (found.text)
		report(compiler, found.place, found.text);
}

void refuse_variable_arguments(clang::CompilerInstance &compiler, const clang::FunctionDecl &function)
{
	const clang::Expr *found = find_variable_arguments(function.getBody(), function.getASTContext());

	if (found)
		report(compiler, found->getExprLoc(),
			"a function cannot read variable arguments in BPF: name its parameters");
}

} // namespace bcc
