// SPDX-License-Identifier: Apache-2.0
#include "user_pointers.h"

#include <vector>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/Expr.h>

namespace bcc
{
namespace
{

const char marker[] = "__bcc_user_pointer"; // declared in bcc/core.h

// Whether the type is `… __user *`: typedefs, qualifiers and other attributes may surround the tag.
bool is_user_pointer(clang::QualType type, const clang::ASTContext &context)
{
	if (!type->isPointerType())
		return false;
	for (clang::QualType t = type->getPointeeType();;) {
		const auto *tagged = llvm::dyn_cast<clang::BTFTagAttributedType>(t.getTypePtr());
		if (tagged && tagged->getAttr()->getBTFTypeTag() == "user")
			return true;
		clang::QualType inner = t.getSingleStepDesugaredType(context);
		if (inner == t)
			return false;
		t = inner;
	}
}

// Finds the expressions that yield such a pointer: a variable, argument or field that is read, or a cast to
// one.
void find_user_pointers(
	clang::Stmt *statement, const clang::ASTContext &context, std::vector<clang::CastExpr *> &found)
{
	if (!statement)
		return;
	for (clang::Stmt *child : statement->children())
		find_user_pointers(child, context, found);
	auto *cast = llvm::dyn_cast<clang::CastExpr>(statement);
	if (!cast || !is_user_pointer(cast->getType(), context))
		return;
	if (cast->getCastKind() == clang::CK_LValueToRValue ||
		(llvm::isa<clang::ExplicitCastExpr>(cast) &&
			!is_user_pointer(cast->getSubExpr()->getType(), context)))
		found.push_back(cast);
}

clang::FunctionDecl *find_marker(clang::ASTContext &context)
{
	for (clang::NamedDecl *d : context.getTranslationUnitDecl()->lookup(&context.Idents.get(marker))) {
		if (auto *function = llvm::dyn_cast<clang::FunctionDecl>(d))
			return function;
	}
	return nullptr;
}

clang::Expr *cast_to(
	clang::ASTContext &context, clang::QualType type, clang::CastKind kind, clang::Expr *expression)
{
	return clang::ImplicitCastExpr::Create(
		context, type, kind, expression, nullptr, clang::VK_PRValue, clang::FPOptionsOverride());
}

clang::Expr *call(clang::ASTContext &context, clang::FunctionDecl &function, clang::Expr *argument)
{
	clang::SourceLocation place = argument->getExprLoc();
	clang::Expr *callee = clang::DeclRefExpr::Create(context, clang::NestedNameSpecifierLoc(),
		clang::SourceLocation(), &function, false, place, function.getType(), clang::VK_LValue);

	callee = cast_to(context, context.getPointerType(function.getType()),
		clang::CK_FunctionToPointerDecay, callee);
	argument = cast_to(context, function.getParamDecl(0)->getType(), clang::CK_BitCast, argument);
	return clang::CallExpr::Create(context, callee, {argument}, function.getReturnType(),
		clang::VK_PRValue, place, clang::FPOptionsOverride());
}

} // namespace

void mark_user_pointers(clang::FunctionDecl &function)
{
	clang::ASTContext &context = function.getASTContext();
	std::vector<clang::CastExpr *> found;

	find_user_pointers(function.getBody(), context, found);
	clang::FunctionDecl *mark = found.empty() ? nullptr : find_marker(context);
	if (!mark)
		return;
	// The cast stays in place without an effect, so that what surrounds it need not be changed.
	for (clang::CastExpr *cast : found) {
		clang::Expr *inner =
			cast_to(context, cast->getType(), cast->getCastKind(), cast->getSubExpr());

		inner = call(context, *mark, inner);
		cast->setSubExpr(cast_to(context, cast->getType(), clang::CK_BitCast, inner));
		cast->setCastKind(clang::CK_NoOp);
	}
}

} // namespace bcc
