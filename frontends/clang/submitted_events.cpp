// SPDX-License-Identifier: Apache-2.0
#include "submitted_events.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
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

// Which arguments of a method or helper are the buffer and the event. -1: none; the buffer of a method is
// what it is called on, the event of a reservation what its result is used as.
struct submitter {
	int buffer, event;
	bool reserves = false;
};

submitter method_arguments(llvm::StringRef method)
{
	return llvm::StringSwitch<submitter>(method)
		.Case("perf_submit", {-1, 1})
		.Case("perf_submit_skb", {-1, 2})
		.Case("ringbuf_output", {-1, 0})
		.Case("ringbuf_submit", {-1, 0})
		.Case("ringbuf_reserve", {-1, -1, true})
		.Default({-1, -1});
}

submitter helper_arguments(llvm::StringRef helper)
{
	return llvm::StringSwitch<submitter>(helper)
		.Case("bpf_perf_event_output", {1, 3})
		.Case("bpf_skb_output", {1, 3})
		.Case("bpf_xdp_output", {1, 3})
		.Case("bpf_ringbuf_output", {0, 1})
		.Case("bpf_ringbuf_reserve", {0, -1, true})
		.Default({-1, -1});
}

const clang::CallExpr *reservation(const clang::Expr &expression)
{
	return llvm::dyn_cast<clang::CallExpr>(expression.IgnoreParenCasts());
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
			look_at(*call, clang::QualType());
		if (auto *cast = llvm::dyn_cast<clang::CastExpr>(statement))
			if (const clang::CallExpr *call = reservation(*cast))
				look_at(*call, cast->getType());
		for (const clang::Stmt *child : statement->children())
			look_in(child);
	}

      private:
	// `used_as`: what the call's result is converted to.
	void look_at(const clang::CallExpr &call, clang::QualType used_as)
	{
		const clang::Expr *callee = call.getCallee()->IgnoreParenImpCasts();
		const clang::Expr *buffer = nullptr;
		submitter is = {-1, -1};

		if (auto *method = llvm::dyn_cast<clang::MemberExpr>(callee)) {
			is = method_arguments(method->getMemberDecl()->getName());
			buffer = method->getBase();
		} else if (auto *helper = llvm::dyn_cast<clang::DeclRefExpr>(callee)) {
			if (helper->getDecl()->getDeclName().isIdentifier())
				is = helper_arguments(helper->getDecl()->getName());
			buffer = argument(call, is.buffer);
		}
		auto *table = buffer ? llvm::dyn_cast<clang::DeclRefExpr>(behind_address(*buffer)) : nullptr;
		if (!table)
			return;
		std::string name = table->getDecl()->getNameAsString();
		if (const clang::Expr *event = argument(call, is.event))
			add(name, event->IgnoreParenCasts()->getType());
		else if (is.reserves && !used_as.isNull())
			add(name, used_as);
	}

	static const clang::Expr *argument(const clang::CallExpr &call, int index)
	{
		return index >= 0 && call.getNumArgs() > (unsigned)index ? call.getArg(index) : nullptr;
	}

	static const clang::Expr *behind_address(const clang::Expr &expression)
	{
		const clang::Expr *inner = expression.IgnoreParenCasts();
		auto *address = llvm::dyn_cast<clang::UnaryOperator>(inner);

		return address && address->getOpcode() == clang::UO_AddrOf
			       ? address->getSubExpr()->IgnoreParenImpCasts()
			       : inner;
	}

	// `place`: a pointer to the event, or an array of bytes that is one.
	void add(const std::string &table, clang::QualType place)
	{
		clang::QualType type = place->isPointerType() ? place->getPointeeType() : place;

		if (!place->isPointerType() && !text.getAsConstantArrayType(place))
			return;
		// a char * is the start of something, of which only the program knows the length
		if (place->isPointerType() && type->isCharType())
			return;
		if (type->isFunctionType() || type->isIncompleteType())
			return;
		add_fields(table, type);
		type = type.getUnqualifiedType();
		std::vector<clang::QualType> &types = events.types[table];
		if (llvm::none_of(
			    types, [&](clang::QualType known) { return text.hasSameType(known, type); }))
			types.push_back(type);
	}

	void add_fields(const std::string &table, clang::QualType type)
	{
		const clang::RecordDecl *record = type->getAsRecordDecl();

		if (!record || !record->getDefinition() || events.fields.count(table))
			return;
		std::vector<std::string> &fields = events.fields[table];
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

	for (const auto &[table, fields] : events.fields) {
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

void keep_event_types(
	clang::ASTContext &text, const submitted_events &events, clang::ASTConsumer &code_generator)
{
	for (const auto &[table, types] : events.types) {
		for (size_t i = 0; i < types.size(); i++) {
			clang::IdentifierInfo &name =
				text.Idents.get("__bcc_event_" + std::to_string(i) + "_" + table);
			clang::QualType type = text.getPointerType(types[i]);
			clang::VarDecl *variable = clang::VarDecl::Create(text, text.getTranslationUnitDecl(),
				clang::SourceLocation(), clang::SourceLocation(), &name, type,
				text.getTrivialTypeSourceInfo(type), clang::SC_None);

			variable->addAttr(clang::SectionAttr::CreateImplicit(text, ".bcc.event_types"));
			variable->addAttr(clang::UsedAttr::CreateImplicit(text));
			code_generator.CompleteTentativeDefinition(variable);
		}
	}
}

} // namespace bcc
