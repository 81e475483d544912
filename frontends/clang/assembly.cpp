// SPDX-License-Identifier: Apache-2.0
#include "assembly.h"

#include <string>
#include <vector>

#include <clang/Basic/CharInfo.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

#include "machine_code.h"

namespace bcc
{
namespace
{

bool of_symbol(char c)
{
	return clang::isAsciiIdentifierContinue(c) || c == '.' || c == '$' || c == '@';
}

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
	for (size_t i = 0; i < text.size(); i++) {
		if (text[i] != '.' || (i && (of_symbol(text[i - 1]) || text[i - 1] == '}')))
			continue;
		llvm::StringRef word = text.substr(i).take_while(of_symbol);
		// labels of the function's own, and fractions, which there are none of
		if (word.starts_with(".L") || is_harmless(word) ||
			(word.size() > 1 && clang::isDigit(word[1])))
			continue;
		return word;
	}
	return "";
}

// ---- symbols ----
//
// LLVM's back end has no relocation for most places in which its assembler takes a symbol, and then goes on
// with what is undefined: the process crashes. What the assembler does not know as a word of its own, it
// takes for a symbol.

bool is_register(llvm::StringRef word)
{
	unsigned number;

	return (word.starts_with("r") || word.starts_with("w")) && !word.substr(1).getAsInteger(10, number) &&
	       number <= 11 && word.substr(1) == std::to_string(number);
}

bool is_word(llvm::StringRef word)
{
	static const llvm::StringRef words[] = {"if", "call", "callx", "goto", "gotol", "gotox", "may_goto",
		"exit", "lock", "ll", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "s", "be16",
		"be32", "be64", "le16", "le32", "le64", "bswap16", "bswap32", "bswap64", "skb", "ld_pseudo",
		"atomic_fetch_add", "atomic_fetch_and", "atomic_fetch_or", "atomic_fetch_xor", "xchg_64",
		"cmpxchg_64", "xchg32_32", "cmpxchg32_32", "addr_space_cast", "load_acquire",
		"store_release"};

	return is_register(word) || llvm::is_contained(words, word.lower());
}

// One statement as its words; what lies between them is of no matter here.
using Statement = std::vector<std::string>;

// `operand_symbol`: the symbol that an operand stands for, or "".
using OperandSymbols = std::vector<std::string>;

// $0, ${0:c}, $$, ${:uid}: what they stand for, and how long they are. What no symbol is becomes a number.
std::string operand_at(llvm::StringRef text, const OperandSymbols &symbols, size_t &length)
{
	unsigned number;
	llvm::StringRef digits;

	if (text.starts_with("$$")) {
		length = 2;
		return "$";
	}
	bool braced = text.starts_with("${");
	digits = text.substr(braced ? 2 : 1).take_while([](char c) { return clang::isDigit(c); });
	length = 1 + digits.size();
	if (braced) {
		size_t end = text.find('}');
		length = end == llvm::StringRef::npos ? text.size() : end + 1;
	}
	if (digits.empty() || digits.getAsInteger(10, number))
		return "0"; /* the same number in each use of ${:uid} */
	return number < symbols.size() && !symbols[number].empty() ? symbols[number] : "0";
}

std::string with_operands(llvm::StringRef text, const OperandSymbols &symbols)
{
	std::string result;

	while (!text.empty()) {
		size_t plain = text.find('$'), length = 0;

		result += text.substr(0, plain);
		if (plain == llvm::StringRef::npos)
			break;
		text = text.substr(plain);
		result += operand_at(text, symbols, length);
		text = text.substr(length);
	}
	return result;
}

// Where a comment that begins here ends, 0: none does.
size_t comment_length(llvm::StringRef text)
{
	if (text.starts_with("/*")) {
		size_t end = text.find("*/", 2);
		return end == llvm::StringRef::npos ? text.size() : end + 2;
	}
	return text.starts_with("//") || text.starts_with("#")
		       ? text.take_until([](char c) { return c == '\n'; }).size()
		       : 0;
}

// A label is a statement of its own: its name and ":".
std::vector<Statement> split_statements(llvm::StringRef text)
{
	std::vector<Statement> statements(1);

	while (!text.empty()) {
		size_t length = comment_length(text);

		if (length) {
			text = text.substr(length);
			continue;
		}
		if (text[0] == '\n' || text[0] == ';') {
			statements.emplace_back();
		} else if (of_symbol(text[0]) || text[0] == '"') {
			// a quoted symbol is one too
			length = text[0] == '"' ? text.find('"', 1) : text.take_while(of_symbol).size();
			length = length == llvm::StringRef::npos ? text.size() : length + (text[0] == '"');
			statements.back().push_back(text.substr(0, length).str());
			text = text.substr(length).ltrim(" \t");
			if (text.starts_with(":") && statements.back().size() == 1) {
				statements.back().push_back(":");
				statements.emplace_back();
				text = text.substr(1);
			}
			continue;
		}
		text = text.substr(1);
	}
	return statements;
}

bool is_jump(llvm::StringRef word)
{
	return word.equals_insensitive("goto") || word.equals_insensitive("gotol") ||
	       word.equals_insensitive("may_goto");
}

// .4byte and .8byte have relocations, and so have calls and 64-bit loads.
bool takes_symbols(const Statement &statement)
{
	static const llvm::StringRef words[] = {".4byte", ".8byte", ".long", ".int", ".quad", "call"};

	return llvm::is_contained(words, llvm::StringRef(statement.front()).lower()) ||
	       llvm::StringRef(statement.back()).equals_insensitive("ll");
}

bool is_label(const Statement &statement)
{
	return statement.size() == 2 && statement[1] == ":";
}

// Whether there is such a label in the same assembly. What is in another one may be in another section, or
// optimised away; 1b is a label before, 1f one behind.
bool has_label(const std::vector<Statement> &statements, size_t at, const std::string &word)
{
	bool number = clang::isDigit(word[0]);
	size_t from = number && word.back() == 'f' ? at : 0;
	size_t to = number && word.back() == 'b' ? at : statements.size();
	std::string label = number ? word.substr(0, word.size() - 1) : word;

	for (size_t i = from; i < to; i++)
		if (is_label(statements[i]) && statements[i][0] == label)
			return true;
	return false;
}

// Numbers are none, but for 1b and 1f.
bool is_symbol(const std::string &word)
{
	if (!clang::isDigit(word[0]))
		return !is_word(word);
	return !llvm::StringRef(word).starts_with_insensitive("0x") &&
	       (word.back() == 'f' || word.back() == 'b');
}

// The first symbol of a statement that the back end cannot refer to, "": none. The first word is an
// instruction's or a register's, or the assembler complains.
std::string find_symbol(const std::vector<Statement> &statements, size_t at)
{
	const Statement &statement = statements[at];

	if (statement.empty() || is_label(statement) || takes_symbols(statement))
		return "";
	for (size_t i = 1; i < statement.size(); i++) {
		if (is_symbol(statement[i]) &&
			!(is_jump(statement[i - 1]) && has_label(statements, at, statement[i])))
			return statement[i];
	}
	return "";
}

OperandSymbols operand_symbols(const llvm::CallBase &call)
{
	OperandSymbols symbols;
	unsigned argument = 0;

	for (const llvm::InlineAsm::ConstraintInfo &constraint :
		llvm::cast<llvm::InlineAsm>(call.getCalledOperand())->ParseConstraints()) {
		if (constraint.Type == llvm::InlineAsm::isClobber)
			continue;
		symbols.emplace_back();
		if (!constraint.hasArg() || argument >= call.arg_size())
			continue;
		const llvm::Value *value = call.getArgOperand(argument++)->stripPointerCasts();
		// registers are loaded with a relocation before, and so are addresses of memory
		if (!constraint.isIndirect &&
			constraint.Codes != llvm::InlineAsm::ConstraintCodeVector{"r"} &&
			llvm::isa<llvm::Constant>(value) && !llvm::isa<llvm::ConstantData>(value))
			symbols.back() = value->hasName() ? value->getName().str() : "symbol";
	}
	return symbols;
}

void report(clang::CompilerInstance &compiler, clang::SourceLocation place, const std::string &what)
{
	clang::DiagnosticsEngine &diagnostics = compiler.getDiagnostics();

	diagnostics.Report(place, diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "%0")) << what;
}

void check_symbols(clang::CompilerInstance &compiler, clang::SourceLocation place,
	const std::vector<Statement> &statements)
{
	for (size_t i = 0; i < statements.size(); i++) {
		std::string symbol = find_symbol(statements, i);

		if (symbol.empty())
			continue;
		report(compiler, place,
			"a program takes BPF's assembly, which cannot refer to " + symbol +
				" here: a symbol is possible in \"call NAME\", \"r1 = NAME ll\", .4byte and .8byte, "
				"and after \"goto\" a label of the same asm()");
		return;
	}
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
	else
		check_symbols(compiler, place, split_statements(with_operands(text, operand_symbols(call))));
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
