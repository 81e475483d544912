// SPDX-License-Identifier: Apache-2.0
#include "submitted_events.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>
#include <clang/AST/Stmt.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/StringSwitch.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/Module.h>

namespace bcc
{

namespace
{

// Which argument of a method is the event; -1 if it submits none.
int event_argument(llvm::StringRef method)
{
	return llvm::StringSwitch<int>(method)
		.Case("perf_submit", 1)
		.Case("perf_submit_skb", 2)
		.Case("ringbuf_output", 0)
		.Case("ringbuf_submit", 0)
		.Default(-1);
}

// BCC's clients know the type names that its texts use; other types get the name of the same size. Array
// elements must have a one-word name.
std::string number(clang::ASTContext &text, clang::QualType type)
{
	std::string written = type.getUnqualifiedType().getAsString();
	static const llvm::StringRef words[] = {
		"u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "char", "int", "short", "long"};

	if (llvm::is_contained(words, written))
		return written;
	uint64_t bits = text.getTypeSize(type);
	if (bits > 64)
		return type.getCanonicalType().getUnqualifiedType().getAsString();
	if (type->isCharType() && type->isSignedIntegerType())
		return "char";
	return (type->isSignedIntegerType() ? "s" : "u") + std::to_string(bits);
}

std::string type_name(clang::ASTContext &text, clang::QualType type)
{
	if (const clang::ConstantArrayType *array = text.getAsConstantArrayType(type))
		return type_name(text, array->getElementType()) + "[" +
		       std::to_string(array->getSize().getZExtValue()) + "]";
	if (type->isPointerType())
		return type->getPointeeType()->isCharType() ? "char *" : "void *";
	if (type->isIntegerType() && !type->isEnumeralType())
		return number(text, type);
	return type.getCanonicalType().getUnqualifiedType().getAsString();
}

class finder
{
      public:
	finder(clang::ASTContext &t, submitted_events &e) : text(t), events(e)
	{
	}

	void look_in(const clang::Stmt *statement)
	{
		if (!statement)
			return;
		if (auto *call = llvm::dyn_cast<clang::CallExpr>(statement))
			look_at(*call);
		for (const clang::Stmt *child : statement->children())
			look_in(child);
	}

      private:
	void look_at(const clang::CallExpr &call)
	{
		auto *method = llvm::dyn_cast<clang::MemberExpr>(call.getCallee()->IgnoreParenImpCasts());
		int index = method ? event_argument(method->getMemberDecl()->getName()) : -1;

		if (index < 0 || call.getNumArgs() <= (unsigned)index)
			return;
		auto *table = llvm::dyn_cast<clang::DeclRefExpr>(method->getBase()->IgnoreParenImpCasts());
		clang::QualType event = call.getArg(index)->IgnoreParenCasts()->getType();
		if (table && event->isPointerType())
			add(table->getDecl()->getNameAsString(), event->getPointeeType());
	}

	void add(const std::string &table, clang::QualType type)
	{
		const clang::RecordDecl *record = type->getAsRecordDecl();

		if (!record || !record->getDefinition() || events.count(table))
			return;
		std::vector<std::string> &fields = events[table];
		for (const clang::FieldDecl *field : record->getDefinition()->fields())
			fields.push_back(field->getNameAsString() + "#" + type_name(text, field->getType()));
	}

	clang::ASTContext &text;
	submitted_events &events;
};

} // namespace

void find_submitted_events(const clang::FunctionDecl &function, submitted_events &events)
{
	finder(function.getASTContext(), events).look_in(function.getBody());
}

void keep_submitted_events(llvm::Module &module, const submitted_events &events)
{
	std::string bytes;

	for (const auto &[table, fields] : events) {
		bytes += table + '\0';
		for (const std::string &field : fields)
			bytes += field + '\0';
		bytes += '\0';
	}
	if (bytes.empty())
		return;
	llvm::Constant *value = llvm::ConstantDataArray::getString(module.getContext(), bytes, false);
	auto *variable = new llvm::GlobalVariable(
		module, value->getType(), true, llvm::GlobalValue::ExternalLinkage, value, "__bcc_events");
	variable->setSection(".bcc.events");
	variable->setAlignment(llvm::Align(1));
}

} // namespace bcc
