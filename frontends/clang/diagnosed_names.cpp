// SPDX-License-Identifier: Apache-2.0
#include "diagnosed_names.h"

#include <climits>
#include <cstdint>

#include <clang/AST/Decl.h>
#include <clang/AST/DeclarationName.h>
#include <clang/AST/Type.h>
#include <clang/Basic/CharInfo.h>
#include <clang/Basic/DiagnosticSema.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

#include "advice.h"
#include "diagnosed_arguments.h"
#include "virtual_files.h"

extern "C" {
#include "frontends/header_names/header_names.h"
}

namespace bcc
{
namespace
{

bool says_defined_twice(unsigned id)
{
	switch (id) {
	case clang::diag::err_redefinition:
	case clang::diag::err_redefinition_different_kind:
	case clang::diag::err_redefinition_different_type:
	case clang::diag::err_redefinition_different_typedef:
	case clang::diag::err_redefinition_of_enumerator:
	case clang::diag::err_conflicting_types:
	case clang::diag::err_static_non_static:
	case clang::diag::err_non_static_static:
		return true;
	default:
		return false;
	}
}

bool says_no_member(unsigned id)
{
	switch (id) {
	case clang::diag::err_no_member:
	case clang::diag::err_no_member_suggest:
	case clang::diag::err_field_designator_unknown:
	case clang::diag::err_field_designator_unknown_suggest:
		return true;
	default:
		return false;
	}
}

bool is_name(llvm::StringRef text)
{
	return !text.empty() && !clang::isDigit(text[0]) &&
	       llvm::all_of(text, [](char c) { return clang::isAsciiIdentifierContinue(c); });
}

// The struct, union or enum of a type that is not known whole, or that a pointer to it leads to.
llvm::StringRef incomplete_tag(clang::QualType type)
{
	while (!type.isNull() && (type->isPointerType() || type->isArrayType()))
		type = type->isPointerType() ? type->getPointeeType()
					     : clang::QualType(type->getArrayElementTypeNoTypeQual(), 0);
	const clang::TagDecl *tag = type.isNull() ? nullptr : type->getAsTagDecl();

	return tag && !tag->isCompleteDefinition() && tag->getIdentifier() ? tag->getName() : "";
}

// Also of a type that is not complete.
std::string name_of(const clang::Diagnostic &diagnostic, unsigned i)
{
	if (diagnostic.getArgKind(i) != clang::DiagnosticsEngine::ak_qualtype)
		return name_argument(diagnostic, i);
	return incomplete_tag(
		clang::QualType::getFromOpaquePtr(reinterpret_cast<void *>(diagnostic.getRawArg(i))))
		.str();
}

bool is_union(const clang::Diagnostic &diagnostic, unsigned i)
{
	if (diagnostic.getArgKind(i) != clang::DiagnosticsEngine::ak_qualtype)
		return false;
	auto type = clang::QualType::getFromOpaquePtr(reinterpret_cast<void *>(diagnostic.getRawArg(i)));

	return type->isUnionType();
}

// Of what clang could not parse, the place is all that it says.
std::string name_at(const clang::Diagnostic &diagnostic, const clang::LangOptions &language)
{
	clang::SourceLocation place = diagnostic.getLocation();
	clang::Token token;

	if (!place.isValid() || !diagnostic.hasSourceManager())
		return "";
	const clang::SourceManager &sources = diagnostic.getSourceManager();
	if (clang::Lexer::getRawToken(sources.getSpellingLoc(place), token, sources, language) ||
		!token.is(clang::tok::raw_identifier))
		return "";
	return token.getRawIdentifier().str();
}

// Whether there is advice on what to write instead: a definition out of the kernel's headers would hide it
// behind errors of its own.
bool is_habit(llvm::StringRef name)
{
	return !advice_for_function(name).empty();
}

std::string tag_of(const clang::RecordDecl *record)
{
	if (!record)
		return "";
	if (const clang::TypedefNameDecl *name = record->getTypedefNameForAnonDecl())
		return name->getNameAsString();
	return record->getNameAsString();
}

// Names of tasks in tracepoints are arrays of 16 characters in Linux 6.12, and not in 6.18.
bool was_array(llvm::StringRef member)
{
	return member.ends_with("comm");
}

void tell_missing_member(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	const clang::RecordDecl *record = record_argument(diagnostic, 1);
	std::string tag = tag_of(record), member = name_of(diagnostic, 0);
	bool in_header_names = false;
	size_t place = SIZE_MAX;

	if (diagnostic.getLocation().isValid() && diagnostic.hasSourceManager()) {
		const clang::SourceManager &sources = diagnostic.getSourceManager();
		auto [file, offset] =
			sources.getDecomposedLoc(sources.getSpellingLoc(diagnostic.getLocation()));

		auto entry = sources.getFileEntryRefForID(file);
		in_header_names = entry && entry->getName().ends_with("/" BCC_HEADER_NAMES_FILE);
		if (file == sources.getMainFileID() || in_header_names)
			place = offset;
	}
	if (is_name(tag) && is_name(member) && (!dynamic_field(record, member) || was_array(member)))
		listener->no_member(listener->ctx, tag.c_str(), member.c_str(), in_header_names, place);
}

// Whether a macro is one of headers that programs include, not of the language.
bool is_of_header(llvm::StringRef file)
{
	return file.consume_front(virtual_root) && file.consume_front("/") && !file.starts_with("bcc/") &&
	       !file.starts_with("bpf/");
}

// clang found the contents of a macro of ours where it can only take a name.
void tell_macro_in_the_way(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	clang::SourceLocation place = diagnostic.getLocation();

	if (!place.isMacroID() || !diagnostic.hasSourceManager() ||
		clang::DiagnosticIDs::getCategoryNameFromID(
			clang::DiagnosticIDs::getCategoryNumberForDiag(diagnostic.getID())) != "Parse Issue")
		return;
	const clang::SourceManager &sources = diagnostic.getSourceManager();
	clang::SourceLocation use = sources.getExpansionLoc(place);
	clang::Token token;

	if (!is_of_header(sources.getFilename(sources.getSpellingLoc(place))) ||
		is_virtual_file(sources, use) ||
		clang::Lexer::getRawToken(use, token, sources, clang::LangOptions()) ||
		!token.is(clang::tok::raw_identifier))
		return;
	listener->in_the_way(listener->ctx, token.getRawIdentifier().str().c_str());
}

// The typedef that an error is about.
std::string typedef_of(const clang::Diagnostic &diagnostic)
{
	if (!diagnostic.getNumArgs() || diagnostic.getArgKind(0) != clang::DiagnosticsEngine::ak_qualtype)
		return "";
	auto type = clang::QualType::getFromOpaquePtr(reinterpret_cast<void *>(diagnostic.getRawArg(0)));
	const auto *name = type.isNull() ? nullptr : type->getAs<clang::TypedefType>();

	return name ? name->getDecl()->getNameAsString() : "";
}

// The file up to the place of an error; "": it has none.
llvm::StringRef text_before(const clang::Diagnostic &diagnostic)
{
	if (!diagnostic.getLocation().isValid() || !diagnostic.hasSourceManager())
		return "";
	const clang::SourceManager &sources = diagnostic.getSourceManager();
	auto [file, offset] = sources.getDecomposedLoc(sources.getSpellingLoc(diagnostic.getLocation()));

	return sources.getBufferData(file).take_front(offset);
}

// The last word of a text, which is cut off there.
llvm::StringRef last_word(llvm::StringRef &text)
{
	size_t begin = text.size();

	while (begin && clang::isAsciiIdentifierContinue(text[begin - 1]))
		begin--;
	llvm::StringRef word = text.substr(begin);
	text = text.take_front(begin).rtrim();
	return word;
}

// Without the indexes at its end, if there are any: x->m[i] becomes x->m. Counts them.
llvm::StringRef without_indexes(llvm::StringRef expression, unsigned &count)
{
	count = 0;
	for (expression = expression.rtrim(); expression.ends_with("]"); expression = expression.rtrim()) {
		size_t depth = 0, i = expression.size();

		do
			depth += expression[--i] == ']' ? 1 : expression[i] == '[' ? -1 : 0;
		while (depth && i);
		expression = expression.take_front(i);
		count++;
	}
	return expression;
}

// The error is at the bracket of an index.
void tell_missing_array(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	unsigned indexes, last;
	llvm::StringRef before = text_before(diagnostic), after(before.end());
	std::string name;

	before = without_indexes(before, indexes);
	name = last_word(before).str();
	after.consume_front("[");
	after = after.ltrim();
	if (after.consumeInteger(10, last) || !after.ltrim().starts_with("]") || indexes)
		last = UINT_MAX;
	if (is_name(name))
		listener->no_array(listener->ctx, name.c_str(), indexes + 1, last);
}

bool needs_size(unsigned id)
{
	switch (id) {
	case clang::diag::err_typecheck_decl_incomplete_type:
	case clang::diag::err_sizeof_alignof_incomplete_or_sizeless_type:
	case clang::diag::err_field_incomplete_or_sizeless:
	case clang::diag::err_array_incomplete_or_sizeless_type:
	case clang::diag::err_typecheck_arithmetic_incomplete_or_sizeless_type:
	case clang::diag::err_subscript_incomplete_or_sizeless_type:
		return true;
	default:
		return false;
	}
}

// The struct or union of which it says that its size is not known, wherever it stands in the message.
void tell_missing_size(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	for (unsigned i = 0; i < diagnostic.getNumArgs(); i++) {
		if (diagnostic.getArgKind(i) != clang::DiagnosticsEngine::ak_qualtype)
			continue;
		std::string tag = name_of(diagnostic, i);

		if (is_name(tag))
			listener->no_size(listener->ctx, tag.c_str(), is_union(diagnostic, i));
	}
}

bool is_loaded_text_with(const clang::SrcMgr::SLocEntry &place, llvm::StringRef words)
{
	if (!place.isFile())
		return false;
	auto buffer = place.getFile().getContentCache().getBufferDataIfLoaded();
	return buffer && buffer->contains(words);
}

bool has_structs_of_functions(const clang::SourceManager &sources)
{
	for (unsigned i = 1; i < sources.local_sloc_entry_size(); i++)
		if (is_loaded_text_with(sources.getLocalSLocEntry(i), "\".struct_ops"))
			return true;
	return false;
}

// Which struct of functions a variable is of, the kernel may not have, or only a module that is not there.
void tell_missing_variable(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	std::string tag = name_of(diagnostic, 0);

	if (is_name(tag) && diagnostic.hasSourceManager() &&
		has_structs_of_functions(diagnostic.getSourceManager()))
		listener->no_variable(listener->ctx, tag.c_str(), is_union(diagnostic, 0));
}

bool converts_types(unsigned id)
{
	switch (id) {
	case clang::diag::err_typecheck_convert_incompatible:
	case clang::diag::err_typecheck_convert_pointer_int:
	case clang::diag::ext_typecheck_convert_pointer_int:
	case clang::diag::err_typecheck_convert_int_pointer:
	case clang::diag::ext_typecheck_convert_int_pointer:
		return true;
	default:
		return false;
	}
}

void tell_needed_type(const bcc_name_listener *listener, const std::string &instead, clang::QualType type)
{
	const clang::RecordDecl *record = type->getAsRecordDecl();
	const clang::Type *element = type->isArrayType() ? type->getArrayElementTypeNoTypeQual() : nullptr;

	if (record && record->getIdentifier())
		listener->other_type(listener->ctx, instead.c_str(),
			type->isUnionType() ? BCC_NEEDS_UNION : BCC_NEEDS_STRUCT,
			record->getNameAsString().c_str());
	else if (element && element->isCharType())
		listener->other_type(listener->ctx, instead.c_str(), BCC_NEEDS_TEXT, "");
	else if (type->isPointerType() || type->isFunctionType() || element)
		listener->other_type(listener->ctx, instead.c_str(), BCC_NEEDS_ADDRESS, "");
}

clang::QualType type_argument(const clang::Diagnostic &diagnostic, unsigned i)
{
	if (i >= diagnostic.getNumArgs() || diagnostic.getArgKind(i) != clang::DiagnosticsEngine::ak_qualtype)
		return {};
	return clang::QualType::getFromOpaquePtr(reinterpret_cast<void *>(diagnostic.getRawArg(i)));
}

// One of the two types is a typedef, and the other is what it would have to be.
void tell_other_type(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	for (unsigned i = 0; i < 2; i++) {
		clang::QualType type = type_argument(diagnostic, i), other = type_argument(diagnostic, !i);
		const auto *name = type.isNull() ? nullptr : type->getAs<clang::TypedefType>();

		if (name && !other.isNull())
			tell_needed_type(listener, name->getDecl()->getNameAsString(), other);
	}
}

// The text uses a member of the kernel's as a struct that it is not: x->m.n or x->m[i].n.
void tell_other_struct(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	unsigned indexes;
	llvm::StringRef before = text_before(diagnostic).rtrim();

	before.consume_back(".");
	before = without_indexes(before, indexes);
	std::string member = last_word(before).str();

	if (is_name(member) && (before.ends_with(".") || before.ends_with("->") || before.ends_with(",")))
		listener->other_struct(listener->ctx, member.c_str(), indexes);
}

// bpf_core_type_exists(NAME)
void tell_missing_typedef(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	llvm::StringRef before = text_before(diagnostic).rtrim();
	std::string name = name_at(diagnostic, clang::LangOptions());

	if (before.consume_back("(") && last_word(before) == "bpf_core_type_exists" && is_name(name))
		listener->no_typedef(listener->ctx, name.c_str());
}

// bpf_core_enum_value_exists(enum TAG, NAME)
void tell_missing_enumerator(const bcc_name_listener *listener, const clang::Diagnostic &diagnostic)
{
	llvm::StringRef before = text_before(diagnostic).rtrim();

	if (!before.consume_back(","))
		return;
	before = before.rtrim();
	std::string tag = last_word(before).str(), name = name_at(diagnostic, clang::LangOptions());

	if (last_word(before) == "enum" && is_name(tag) && is_name(name))
		listener->no_enumerator(listener->ctx, tag.c_str(), name.c_str());
}

} // namespace

void tell_diagnosed_names(const bcc_name_listener *listener, clang::DiagnosticsEngine::Level level,
	const clang::Diagnostic &diagnostic)
{
	/* among the parameters of a function, where another declaration of it has another struct */
	if (listener && diagnostic.getID() == clang::diag::warn_decl_in_param_list) {
		std::string name = name_of(diagnostic, 0);

		if (is_name(name))
			listener->incomplete(listener->ctx, name.c_str(), is_union(diagnostic, 0));
	}
	if (!listener || level < clang::DiagnosticsEngine::Error)
		return;
	bool is_member = says_no_member(diagnostic.getID());
	if (is_member)
		tell_missing_member(listener, diagnostic);
	std::string type = typedef_of(diagnostic);
	if (diagnostic.getID() == clang::diag::err_typecheck_member_reference_arrow)
		listener->no_struct(listener->ctx, type.c_str(), true);
	if (diagnostic.getID() == clang::diag::err_typecheck_member_reference_struct_union) {
		listener->no_struct(listener->ctx, type.c_str(), false);
		tell_other_struct(listener, diagnostic);
	}
	tell_macro_in_the_way(listener, diagnostic);
	if (converts_types(diagnostic.getID()))
		tell_other_type(listener, diagnostic);
	if (diagnostic.getID() == clang::diag::err_typecheck_decl_incomplete_type)
		tell_missing_variable(listener, diagnostic);
	if (needs_size(diagnostic.getID()))
		tell_missing_size(listener, diagnostic);
	if (diagnostic.getID() == clang::diag::err_typecheck_indirection_requires_pointer)
		listener->no_pointer(listener->ctx, type.c_str());
	if (diagnostic.getID() == clang::diag::err_typecheck_subscript_value)
		tell_missing_array(listener, diagnostic);
	if (diagnostic.getID() == clang::diag::err_undeclared_var_use ||
		diagnostic.getID() == clang::diag::err_undeclared_var_use_suggest) {
		tell_missing_enumerator(listener, diagnostic);
		tell_missing_typedef(listener, diagnostic);
	}
	bool twice = says_defined_twice(diagnostic.getID());
	auto tell = twice ? listener->defined_twice : listener->unknown;

	for (unsigned i = 0; i < diagnostic.getNumArgs(); i++) {
		// what it was declared as is known
		bool is_declared =
			diagnostic.getArgKind(i) == clang::DiagnosticsEngine::ak_nameddecl && !twice;
		std::string name = is_declared ? "" : name_of(diagnostic, i);

		if (is_name(name) && (twice || !is_habit(name)))
			(is_member && !i ? listener->unknown_member : tell)(listener->ctx, name.c_str());
		if (is_name(name) && diagnostic.getID() == clang::diag::err_typecheck_incomplete_tag)
			listener->incomplete(listener->ctx, name.c_str(), is_union(diagnostic, i));
	}
	std::string name = twice || is_member ? "" : name_at(diagnostic, clang::LangOptions());
	if (is_name(name) && !is_habit(name))
		listener->unknown(listener->ctx, name.c_str());
}

} // namespace bcc
