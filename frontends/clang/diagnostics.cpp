// SPDX-License-Identifier: Apache-2.0
#include "diagnostics.h"

#include <cstring>

#include <clang/AST/DeclBase.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Type.h>
#include <clang/Basic/DiagnosticLex.h>
#include <clang/Basic/DiagnosticParse.h>
#include <clang/Basic/DiagnosticSema.h>
#include <clang/Lex/Lexer.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/Support/Regex.h>

#include "advice.h"
#include "diagnosed_arguments.h"
#include "common/suggestions.h"
#include "diagnosed_names.h"
#include "virtual_files.h"

namespace diag = clang::diag;

namespace bcc
{
namespace
{

constexpr unsigned errors_shown = 20, warnings_shown = 100;
constexpr char map_prefix[] = "__bcc_map_", table_prefix[] = "__bcc_table_";

// "'__bcc_key_h *' (aka 'unsigned int *')" → "'unsigned int *' (…)"
void replace(std::string &message, const char *pattern, const char *by)
{
	llvm::Regex regex(pattern);

	for (int i = 0; i < 8 && regex.match(message); i++)
		message = regex.sub(by, message);
}

// What to do about a message that has the first part in it.
const std::pair<const char *, const char *> additions[] = {
	{"has incomplete type 'struct ", "define it before it is used here"},
	{"array type 'char[",
		"copy text with __builtin_memcpy(to, from, size) or a bpf_probe_read_…_str() helper"},
	{"statement requires expression of integer type ('char",
		"text is compared with bpf_strncmp() (Linux 5.17) or "
		"__builtin_memcmp()"},
	{"fields must have a constant size",
		"the size of a table is a constant: a number, a #define, or a -D flag"},
	{"as an array with a negative size", "the number of entries is at least 1"},
	{"non-void function does not return a value", "a program returns 0"},
	{"should return a value", "a program returns 0"},
	{"missing terminating '\"' character", "text ends with \" on the line where it begins"},
};

std::string with(const std::string &message, llvm::StringRef advice)
{
	return advice.empty() ? message : message + "; " + advice.str();
}

bool is_constant_name(llvm::StringRef name)
{
	return name.size() > 1 &&
	       name.find_if([](char c) { return c >= 'a' && c <= 'z'; }) == llvm::StringRef::npos;
}

// A field without a fixed size, of which the struct has only the place.
std::string explain_dynamic_field(const clang::RecordDecl *record, const std::string &member)
{
	const clang::FieldDecl *field = dynamic_field(record, member);
	std::string place = field ? field->getName().str() : "";
	bool is_relative = llvm::StringRef(place).contains("rel_loc_");

	if (!field)
		return "";
	if (record->getName().starts_with("tracepoint__"))
		return "'" + member + "' has no fixed size: " +
		       (is_relative ? "TP_REL_LOC_READ_STR" : "TP_DATA_LOC_READ_STR") + "(to, " + member +
		       ", sizeof(to)) reads it as text";
	return "'" + member + "' has no fixed size: it is at (void *)" +
	       (is_relative ? "(&ctx->" + place + " + 1)" : std::string("ctx")) + " + (ctx->" + place +
	       " & 0xffff), and its size is ctx->" + place + " >> 16";
}

} // namespace

diagnostics::diagnostics(llvm::raw_ostream &o, clang::DiagnosticOptions &d, const bcc_clang_input &in)
    : out(o), options(d), input(in)
{
}

void diagnostics::BeginSourceFile(const clang::LangOptions &l, const clang::Preprocessor *p)
{
	language = &l;
	pp = p;
#if BCC_LLVM_MAJOR >= 21
	printer = std::make_unique<clang::TextDiagnostic>(shown_text, l, options, p);
#elif BCC_LLVM_MAJOR >= 18
	printer = std::make_unique<clang::TextDiagnostic>(shown_text, l, &options, p);
#else
	printer = std::make_unique<clang::TextDiagnostic>(shown_text, l, &options);
#endif
}

void diagnostics::EndSourceFile()
{
	printer.reset();
	pp = nullptr;
}

// ---- where ----

// What pastes of names become is in no file.
bool diagnostics::in_our_file(clang::SourceLocation spelling) const
{
	return is_virtual_file(*sources, spelling) || sources->isWrittenInScratchSpace(spelling);
}

diagnostics::place diagnostics::find_place(clang::SourceLocation location) const
{
	place p = {location, false, false, false, {}};
	bool ours = false;

	if (location.isMacroID()) {
		p.expansion = sources->getExpansionLoc(location);
		p.from_us = in_our_file(sources->getSpellingLoc(location));
		for (clang::SourceLocation l = location; l.isMacroID();
			l = sources->getImmediateMacroCallerLoc(l))
			ours |= in_our_file(sources->getSpellingLoc(l)) ||
				in_our_file(sources->getSpellingLoc(
					sources->getImmediateExpansionRange(l).getBegin()));
		if (ours) {
			p.at = sources->getFileLoc(location);
			p.moved = true;
		}
	}
	// the author has not written the #include behind the text: what is meant is the end of the text
	if (p.at.isFileID()) {
		auto [file, offset] = sources->getDecomposedLoc(p.at);
		size_t length = strlen(input.text);

		if (file == sources->getMainFileID() && offset >= length) {
			while (length && strchr(" \t\r\n", input.text[length - 1]))
				length--;
			p.at = sources->getLocForStartOfFile(file).getLocWithOffset(length);
			p.moved = p.behind = true;
		}
	}
	return p;
}

// "perf_submit" of "events.perf_submit(…)", "": it is not a method that is called.
llvm::StringRef diagnostics::called_method(const clang::Diagnostic &info) const
{
	for (const clang::CharSourceRange &range : info.getRanges()) {
		llvm::StringRef text = clang::Lexer::getSourceText(range, *sources, *language);

		if (text.contains('.'))
			return text.rsplit('.').second;
	}
	return "";
}

bool diagnostics::on_quiet_line(clang::SourceLocation at) const
{
	clang::SourceLocation file = sources->getFileLoc(at);

	return quiet_lines.count(
		{sources->getFileID(file).getHashValue(), sources->getSpellingLineNumber(file)});
}

void diagnostics::keep_line_quiet(clang::SourceLocation at)
{
	clang::SourceLocation file = sources->getFileLoc(at);

	quiet_lines.insert({sources->getFileID(file).getHashValue(), sources->getSpellingLineNumber(file)});
}

// ---- names ----

// What names of tables are near, "": none.
std::string diagnostics::near_table(const std::string &name) const
{
	bcc_near_names names;
	char text[3 * BCC_NEAR_LENGTH + 32];

	bcc_near_init(&names, name.c_str());
	for (const auto &entry : pp->getIdentifierTable()) {
		llvm::StringRef table = entry.getKey();

		if (table.consume_front(map_prefix))
			bcc_near_offer(&names, table.str().c_str());
	}
	return bcc_near_text(&names, text, sizeof(text));
}

bool diagnostics::is_macro(const std::string &name) const
{
	const clang::IdentifierTable &table = pp->getIdentifierTable();
	auto found = table.find(name);

	return found != table.end() && found->getValue()->hasMacroDefinition();
}

bool diagnostics::is_keyword(llvm::StringRef name) const
{
	const clang::IdentifierTable &table = pp->getIdentifierTable();
	auto found = table.find(name);

	return found != table.end() && found->getValue()->isKeyword(*language);
}

std::string diagnostics::name_at(clang::SourceLocation at) const
{
	clang::Token token;

	if (!at.isFileID() || clang::Lexer::getRawToken(at, token, *sources, *language, true) ||
		token.isNot(clang::tok::raw_identifier))
		return "";
	return token.getRawIdentifier().str();
}

bool diagnostics::next_is(clang::SourceLocation at, clang::tok::TokenKind kind) const
{
	clang::Token token;

	return at.isFileID() && !clang::Lexer::getRawToken(at, token, *sources, *language, true) &&
	       !clang::Lexer::getRawToken(token.getEndLoc(), token, *sources, *language, true) &&
	       token.is(kind);
}

// NAME.METHOD( or NAME->METHOD(
bool diagnostics::is_used_as_table(clang::SourceLocation at) const
{
	clang::Token token;

	if (!at.isFileID() || clang::Lexer::getRawToken(at, token, *sources, *language, true) ||
		clang::Lexer::getRawToken(token.getEndLoc(), token, *sources, *language, true) ||
		!token.isOneOf(clang::tok::period, clang::tok::arrow) ||
		clang::Lexer::getRawToken(token.getEndLoc(), token, *sources, *language, true) ||
		token.isNot(clang::tok::raw_identifier))
		return false;
	return !advice_for_method(token.getRawIdentifier()).empty();
}

// "; did you mean A, B or C?" of what the text can use, "": there is nothing like it.
std::string diagnostics::near_function(const std::string &name) const
{
	bcc_near_names names;
	char text[3 * BCC_NEAR_LENGTH + 32];
	std::string with_prefix = "bpf_" + name;

	bcc_near_init(&names, name.c_str());
	for (const auto &entry : pp->getIdentifierTable()) {
		const clang::IdentifierInfo *identifier = entry.getValue();
		llvm::StringRef other = identifier->getName();

		if (other.starts_with("__") || other == name ||
			!(identifier->hasMacroDefinition() || identifier->getFETokenInfo()))
			continue;
		if (other == with_prefix)
			return "; did you mean " + with_prefix + "?";
		bcc_near_offer(&names, other.str().c_str());
	}
	return bcc_near_text(&names, text, sizeof(text));
}

std::string diagnostics::near_macro(const std::string &name) const
{
	llvm::StringRef advice = advice_for_macro(name);
	std::string upper = llvm::StringRef(name).upper();
	bcc_near_names names;
	char text[3 * BCC_NEAR_LENGTH + 32];

	if (!advice.empty())
		return "; " + advice.str();
	bcc_near_init(&names, upper.c_str());
	for (const auto &macro : pp->macros()) {
		const clang::MacroInfo *info = pp->getMacroInfo(macro.first);
		llvm::StringRef other = macro.first->getName();

		if (!info || !info->isFunctionLike() || other.starts_with("__") ||
			!in_our_file(info->getDefinitionLoc()))
			continue;
		if (other == upper || other == "BPF_" + upper || other == upper + "_PROBE")
			return "; did you mean " + other.str() + "?";
		bcc_near_offer(&names, other.str().c_str());
	}
	return bcc_near_text(&names, text, sizeof(text));
}

// ---- what is said ----

// Names of this library's making, as the text has them.
std::string diagnostics::plain(std::string message) const
{
	replace(message, "member reference type 'struct __bcc_table_([A-Za-z0-9_]+)'", "table '\\1'");
	replace(message, "'(const )?struct __bcc_table_([A-Za-z0-9_]+)'", "table '\\2'");
	replace(message, "'__bcc_key_([A-Za-z0-9_]+) \\*' \\(aka ('[^']*')\\)",
		"\\2 (the address of a key of table '\\1')");
	replace(message, "'__bcc_leaf_([A-Za-z0-9_]+) \\*' \\(aka ('[^']*')\\)",
		"\\2 (the address of a value of table '\\1')");
	replace(message, "'__bcc_key_([A-Za-z0-9_]+)' \\(aka ('[^']*')\\)", "\\2 (a key of table '\\1')");
	replace(message, "'__bcc_leaf_([A-Za-z0-9_]+)' \\(aka ('[^']*')\\)", "\\2 (a value of table '\\1')");
	return message;
}

std::string diagnostics::explain_function(const std::string &name)
{
	std::string near_names = near_function(name);
	llvm::StringRef advice = advice_for_function(name);
	llvm::StringRef n = name;

	own_words = true;
	if (!advice.empty())
		return "unknown function '" + name + "': " + advice.str();
	if (n.starts_with("bpf_"))
		return "unknown helper '" + name + "': there is none of that name" + near_names;
	if (is_constant_name(n))
		near_names = near_macro(name);
	return "unknown function '" + name +
	       "': it is neither a helper of BPF nor defined in this text (functions of the kernel and of the C library cannot be "
	       "called)" +
	       near_names;
}

std::string diagnostics::explain_name(const clang::Diagnostic &info, const std::string &name)
{
	clang::SourceLocation at = sources->getFileLoc(info.getLocation());
	std::string message = "use of undeclared identifier '" + name + "'", tables;
	llvm::StringRef advice = advice_for_name(name), suggested;
	std::string suggestion;

	if (info.getID() == diag::err_undeclared_var_use_suggest)
		suggestion = name_argument(info, 1);
	suggested = llvm::StringRef(suggestion).trim('\'');
	own_words = true;
	if (!advice.empty()) {
		if (next_is(at, clang::tok::raw_identifier))
			keep_line_quiet(at); // it was meant as a type
		return message + "; " + advice.str();
	}
	if (is_used_as_table(at)) {
		tables = near_table(name);
		return "the text has no table '" + name + "'" +
		       (tables.empty() ? "; define one outside of functions, as BPF_HASH(" + name +
						 ") or BPF_PERF_OUTPUT(" + name + ")"
				       : tables);
	}
	// of names that are not the text's, only what can be used
	if (!suggested.empty() && is_keyword(suggested))
		keep_line_quiet(at); // what clang says when it has taken it for that
	else if (!suggested.empty() && !suggested.starts_with("__")) {
		own_words = false;
		return message + "; did you mean '" + suggested.str() + "'?";
	}
	if (is_constant_name(name))
		return message +
		       "; if it is a macro of the kernel: BTF has no macros, #define it in the text or name a tree of kernel "
		       "headers; if a program was to put something in its place: it has not";
	return message;
}

std::string diagnostics::explain_member(const clang::Diagnostic &info, const place &where)
{
	const clang::RecordDecl *record = record_argument(info, 1);
	std::string member = name_argument(info, 0), methods;
	llvm::StringRef advice = advice_for_method(member), name;
	bcc_near_names names;
	char near_text[3 * BCC_NEAR_LENGTH + 32];

	if (!record)
		return "";
	name = record->getName();
	if (where.expansion.isValid() && llvm::StringRef(name_at(where.expansion)).starts_with("PT_REGS_")) {
		own_words = true;
		return name_at(where.expansion) +
		       "() takes a struct pt_regs *, the context of kprobes and uprobes, not a 'struct " +
		       name.str() + " *'";
	}
	if (!name.consume_front(table_prefix)) {
		std::string explained = explain_dynamic_field(record, member);

		own_words |= !explained.empty();
		return explained;
	}
	own_words = true;
	bcc_near_init(&names, member.c_str());
	for (const clang::FieldDecl *field : record->fields()) {
		llvm::StringRef method = field->getName();

		if (method == "key" || method == "leaf" || method == "max_entries" || method == "flags" ||
			method.ends_with("_by"))
			continue;
		methods += (methods.empty() ? "" : ", ") + method.str();
		bcc_near_offer(&names, method.str().c_str());
	}
	bcc_near_text(&names, near_text, sizeof(near_text));
	return with("table '" + name.str() + "' has no method '" + member + "'" + near_text, advice) +
	       " (it has " + methods + ")";
}

std::string diagnostics::explain_redefinition(const clang::Diagnostic &info, const place &where)
{
	llvm::StringRef name;
	std::string text;

	for (unsigned i = 0; i < info.getNumArgs() && name.empty(); i++) {
		text = name_argument(info, i);
		name = text;
	}
	if (name.consume_front(map_prefix))
		return "table '" + name.str() + "' is defined twice";
	return "";
}

// A line that begins with NAME( where only a macro could stand.
std::string diagnostics::explain_macro(clang::SourceLocation at)
{
	clang::SourceLocation file = sources->getFileLoc(at);
	clang::SourceLocation start = file.getLocWithOffset(1 - (int)sources->getSpellingColumnNumber(file));
	clang::Token token, next;
	std::string name, near_names;

	if (clang::Lexer::getRawToken(start, token, *sources, *language, true) ||
		token.isNot(clang::tok::raw_identifier) ||
		clang::Lexer::getRawToken(token.getEndLoc(), next, *sources, *language, true) ||
		next.isNot(clang::tok::l_paren))
		return "";
	name = token.getRawIdentifier().str();
	if (is_macro(name))
		return "";
	near_names = near_macro(name);
	if (near_names.empty() && !is_constant_name(name))
		return "";
	moved_to = token.getLocation();
	own_words = true;
	keep_line_quiet(file);
	return "unknown macro '" + name + "'" + near_names;
}

std::string diagnostics::explain_type(const clang::Diagnostic &info)
{
	std::string name = name_argument(info, 0);
	llvm::StringRef advice = advice_for_name(name);

	if (advice.empty())
		return "";
	own_words = true;
	keep_line_quiet(info.getLocation());
	return "unknown type name '" + name + "'; " + advice.str();
}

std::string diagnostics::explain(const clang::Diagnostic &info, const place &where)
{
	llvm::SmallString<256> formatted;
	std::string name = name_argument(info, 0), own;

	own_words = keep_line_quiet_after = false;
	moved_to = {};
	info.FormatDiagnostic(formatted);
	std::string message = plain(formatted.str().str());

	switch (info.getID()) {
	case diag::ext_implicit_function_decl_c99:
	case diag::warn_implicit_function_decl:
		keep_line_quiet(where.at); // what it was taken to return
		return explain_function(name);
	case diag::err_undeclared_var_use:
	case diag::err_undeclared_var_use_suggest:
		return explain_name(info, name);
	case diag::err_no_member:
	case diag::err_no_member_suggest:
		own = explain_member(info, where);
		break;
	case diag::err_redefinition:
	case diag::err_redefinition_different_type:
	case diag::err_redefinition_different_typedef:
		own = explain_redefinition(info, where);
		break;
	case diag::err_unexpected_typedef_ident:
	case diag::ext_missing_type_specifier:
	case diag::warn_missing_type_specifier:
	case diag::err_missing_type_specifier:
	case diag::err_ident_list_in_fn_declaration:
	case diag::err_invalid_token_after_toplevel_declarator:
	case diag::err_expected_fn_body:
		own = explain_macro(where.at);
		break;
	case diag::err_unknown_typename:
		own = explain_type(info);
		break;
	case diag::err_pp_file_not_found:
		return with(message, advice_for_header(name));
	case diag::err_pp_invalid_directive:
		return message + "; a comment begins with // or /*";
	case diag::err_too_few_args_in_macro_invoc:
	case diag::err_too_many_args_in_macro_invoc:
		keep_line_quiet_after = true; // without its arguments, the macro's name is one of C
		break;
	case diag::err_function_definition_not_allowed:
		if (where.from_us)
			return "a table is defined inside of a function; it has to stand outside of functions";
		return message + "; is a '}' missing in the function before?";
	case diag::err_attribute_wrong_decl_type_str:
		if (where.from_us)
			return "a table is defined inside of a function; it has to stand outside of functions";
		break;
	case diag::err_unterm_macro_invoc:
		unterminated = true; // and so is all around it
		return "a ')' is missing: the arguments of '" + name_at(where.at) + "' do not end";
	case diag::err_unterminated_block_comment:
		unterminated = true;
		return "unterminated /* comment: a '*/' is missing";
	case diag::err_typecheck_call_too_few_args:
	case diag::err_typecheck_call_too_few_args_at_least:
	case diag::err_typecheck_call_too_many_args:
		return with(message, usage_of_method(called_method(info)));
	case diag::err_typecheck_subscript_value:
		return message +
		       "; an entry of a table is reached by lookup(&key), and changed by update(&key, &value)";
	case diag::err_typecheck_convert_incompatible:
		if (llvm::StringRef(message).contains("to parameter of incompatible type") &&
			llvm::StringRef(message).ends_with("*'"))
			return message + "; take its address with &";
		break;
	case diag::err_static_assert_failed:
	case diag::err_static_assert_requirement_failed:
		if (where.from_us && message.find("': ") != std::string::npos) {
			own_words = true;
			return message.substr(message.find("': ") + 3);
		}
		break;
	case diag::warn_stringcompare:
		return "this compares addresses; compare text with bpf_strncmp(s, size, \"…\") (Linux 5.17), or "
		       "__builtin_memcmp() with a constant size";
	default:
		break;
	}
	if (!own.empty())
		return own;
	if (info.getID() == diag::ext_missing_type_specifier)
		return "the type is missing before '" + name_at(where.at) + "': it is taken for int";
	for (const auto &[part, advice] : additions)
		if (llvm::StringRef(message).contains(part))
			return message + "; " + advice;
	if (message.find("(the address of a ") != std::string::npos &&
		message.find('&') == std::string::npos) {
		if (message.find("incompatible integer to pointer") != std::string::npos)
			return message + "; put it into a variable and pass that one's address with &";
		if (message.find("incompatible pointer types") != std::string::npos)
			return message + "; declare the variable with the type that the table has";
	}
	return message;
}

void diagnostics::emit(
	level severity, clang::SourceLocation at, const std::string &message, const clang::Diagnostic *source)
{
	llvm::SmallVector<clang::CharSourceRange, 4> ranges;
	llvm::ArrayRef<clang::FixItHint> fixes;

	if (source) {
		ranges.append(source->getRanges().begin(), source->getRanges().end());
		fixes = source->getFixItHints();
	}
	printer->emitDiagnostic(clang::FullSourceLoc(at, *sources), severity, message, ranges, fixes);
	shown_text.flush();
	escape_file_names(at);
	out << shown_lines;
	shown_lines.clear();
}

// #line and paths may give files names of several lines.
void diagnostics::escape_file_names(clang::SourceLocation at)
{
	clang::PresumedLoc place;

	for (; at.isValid(); at = place.getIncludeLoc()) {
		place = sources->getPresumedLoc(at);
		if (place.isInvalid())
			return;
		std::string name = place.getFilename(), plain = name;

		for (size_t end = 0; (end = plain.find('\n', end)) != std::string::npos;)
			plain.replace(end, 1, "\\n");
		for (size_t i = 0; plain != name && (i = shown_lines.find(name, i)) != std::string::npos;
			i += plain.size())
			shown_lines.replace(i, name.size(), plain);
	}
}

bool diagnostics::show(level severity, const clang::Diagnostic &info)
{
	place where = find_place(info.getLocation());
	unsigned expansion = where.expansion.getRawEncoding();

	if (severity < clang::DiagnosticsEngine::Error && ++warnings > warnings_shown) {
		if (warnings == warnings_shown + 1)
			out << "warning: too many warnings, only the first " << warnings_shown
			    << " are shown\n";
		return false;
	}
	if (where.behind && (unterminated || info.getID() == diag::err_embedded_directive))
		return false;
	if (where.expansion.isValid() && where.moved && reported.count(expansion))
		return false;
	if (on_quiet_line(where.at))
		return false;
	std::string message = explain(info, where);
	clang::SourceLocation at = moved_to.isValid() ? moved_to : where.at;

	if (!said.insert({at.getRawEncoding(), message}).second)
		return false;
	if (severity >= clang::DiagnosticsEngine::Error) {
		if (where.from_us && where.expansion.isValid())
			reported.insert(expansion);
		if (at.isFileID())
			reported.insert(at.getRawEncoding());
		last_error = at;
		if (++shown > errors_shown) {
			if (shown == errors_shown + 1)
				out << "fatal error: too many errors, only the first " << errors_shown
				    << " are shown\n";
			return false;
		}
	} else if (!own_words) {
		std::string flag =
			info.getDiags()->getDiagnosticIDs()->getWarningOptionForDiag(info.getID()).str();

		if (!flag.empty())
			message += " [-W" + flag + "]";
	}
	if (moved_to.isValid() && severity == clang::DiagnosticsEngine::Warning)
		severity = clang::DiagnosticsEngine::Error; // the text does not compile, and this is why
	emit(severity, at, message, where.moved || own_words ? nullptr : &info);
	if (keep_line_quiet_after)
		keep_line_quiet(where.at);
	return true;
}

void diagnostics::show_note(const clang::Diagnostic &info)
{
	llvm::SmallString<256> text;
	place where;

	if (dropping || own_words || shown > errors_shown)
		return;
	where = find_place(info.getLocation());
	info.FormatDiagnostic(text);
	if (info.getID() == diag::note_macro_here && info.getNumArgs() && last_error.isValid()) {
		const macro_usage *usage = usage_of(name_argument(info, 0));

		if (usage) {
			emit(clang::DiagnosticsEngine::Note, last_error, std::string("it is ") + usage->usage,
				nullptr);
			return;
		}
	}
	if (in_our_file(sources->getSpellingLoc(where.at)))
		return;
	emit(clang::DiagnosticsEngine::Note, where.at, plain(text.str().str()),
		where.moved ? nullptr : &info);
}

void diagnostics::HandleDiagnostic(level severity, const clang::Diagnostic &info)
{
	DiagnosticConsumer::HandleDiagnostic(severity, info);
	tell_diagnosed_names(input.listener, severity, info);
	if (info.getID() == diag::warn_decl_in_param_list)
		return;
	if (!printer || !info.hasSourceManager() || info.getLocation().isInvalid()) {
		llvm::SmallString<256> text;

		if (info.getID() == diag::fatal_too_many_errors)
			return;
		info.FormatDiagnostic(text);
		out << (severity >= clang::DiagnosticsEngine::Error ? "error: " : "warning: ") << text
		    << "\n";
		return;
	}
	sources = &info.getSourceManager();
	if (severity == clang::DiagnosticsEngine::Note)
		show_note(info);
	else
		dropping = !show(severity, info);
}

} // namespace bcc
