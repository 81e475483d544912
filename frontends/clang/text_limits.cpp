// SPDX-License-Identifier: Apache-2.0
#include "text_limits.h"

#include <cerrno>
#include <vector>

#include <clang/Basic/CharInfo.h>
#include <clang/Lex/Lexer.h>
#include <clang/Lex/MacroInfo.h>
#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Pragma.h>
#include <clang/Lex/Preprocessor.h>

#include "common/large_stack.h"
#include "rewriter/fatal_errors.h"

namespace bcc
{
namespace
{

// Bytes of stack that clang takes for a weight of one, below.
constexpr size_t stack_per_weight = 3 << 10;
// Much more than anybody writes; BPF_TABLE() has 3500.
constexpr size_t weight_max = 20000;
static_assert(weight_max * stack_per_weight <= BCC_STACK_LEAST, "the stack is too small for the limit");
// Bytes of stack that the parser may have taken itself. From 8 MB on clang would go on in another thread,
// which bcc_give_up() cannot leave; the preprocessor takes what it needs on top.
constexpr ptrdiff_t parser_stack_max = 6 << 20;
constexpr size_t tokens_max = 16 << 20;
// in one #if, whose parser has no other limit
constexpr size_t condition_tokens_max = 20000;

/*
 * An upper bound of the stack that clang takes for what it has read, in the parser, in Sema or when it
 * generates code: the weights of all operators, keywords and brackets of the constructs that have not ended.
 * clang itself limits how deep brackets nest, but not `else if`, casts, `* * * p` or `a + b + c`.
 */
class depth
{
      public:
	size_t count(const clang::Token &token)
	{
		if (ended && token.isNot(clang::tok::kw_else))
			level = outer.back().level; // of what comes next, with this around it
		ended = false;
		switch (token.getKind()) {
		case clang::tok::l_brace:
			outer.push_back({level, parens, in_list()});
			parens = 0;
			enumeration = false;
			break;
		case clang::tok::r_brace:
			if (outer.size() > 1) {
				level = outer.back().level;
				parens = outer.back().parens;
				outer.pop_back();
			}
			ended = !parens;
			break;
		case clang::tok::semi:
			ended = !parens;
			enumeration = false;
			break;
		case clang::tok::kw_enum:
			enumeration = true;
			break;
		case clang::tok::comma:
			// elements of a list do not nest
			if (!parens && outer.back().list)
				level = outer.back().level;
			else
				level++;
			break;
		case clang::tok::l_paren:
			parens++;
			level += weight(token);
			break;
		case clang::tok::r_paren:
			parens -= parens != 0;
			break;
		default:
			level += weight(token);
		}
		before = token.getKind();
		return level;
	}

      private:
	// As measured: what a level of each takes, with some room.
	size_t weight(const clang::Token &token) const
	{
		switch (token.getKind()) {
		case clang::tok::identifier:
			return 0;
		case clang::tok::kw_sizeof:
		case clang::tok::kw__Alignof:
		case clang::tok::kw_alignof:
		case clang::tok::kw___alignof:
		case clang::tok::kw___builtin_omp_required_simd_align:
		case clang::tok::kw_vec_step:
			return 6;
		case clang::tok::l_paren: // of a cast
			return 4;
		case clang::tok::kw___extension__:
		case clang::tok::kw___real:
		case clang::tok::kw___imag:
		case clang::tok::exclaim:
		case clang::tok::tilde:
		case clang::tok::plusplus:
		case clang::tok::minusminus:
		case clang::tok::ampamp:
			return 3;
		case clang::tok::plus:
		case clang::tok::minus:
		case clang::tok::star:
		case clang::tok::amp:
			return is_operand(before) ? 1 : 3;
		case clang::tok::arrow:
		case clang::tok::period:
		case clang::tok::l_square:
			return 4;
		default:
			return !token.isLiteral() && !token.isAnnotation();
		}
	}

	// Whether what follows is a binary operator. Behind ')' it may be one, or follow a cast.
	static bool is_operand(clang::tok::TokenKind kind)
	{
		return kind == clang::tok::identifier || kind == clang::tok::numeric_constant ||
		       kind == clang::tok::r_square;
	}

	// Whether a brace here begins an initializer or enumerators.
	bool in_list() const
	{
		return enumeration || before == clang::tok::equal ||
		       (outer.back().list && before != clang::tok::r_paren);
	}

	struct block {
		size_t level, parens;
		bool list;
	};

	size_t level = 0, parens = 0;
	bool ended = false;	  // a statement, unless there is an else to it
	bool enumeration = false; // the next brace begins its enumerators
	clang::tok::TokenKind before = clang::tok::unknown;
	std::vector<block> outer{{0, 0, false}};
};

class token_limits
{
      public:
	explicit token_limits(clang::CompilerInstance &c) : compiler(c)
	{
	}

	// Past a limit the text ends.
	void watch(clang::Token &token)
	{
		if (token.is(clang::tok::eof))
			return;
		forget_builtin(token);
		if (!stopped && token.is(clang::tok::kw___bf16))
			stop(token, "__bf16 is not available in BPF");
		// after too many errors nothing more is said
		stopped |= compiler.getDiagnostics().hasFatalErrorOccurred();
		if (!stopped && (depths.count(token) > weight_max || parser_stack() > parser_stack_max))
			stop(token, "this is nested too deeply for the compiler");
		if (!stopped && ++tokens > tokens_max)
			stop(token,
				"the text is too long: more than 16 million tokens, with what its macros and "
				"#include lines bring");
		if (stopped) {
			token.setKind(clang::tok::eof);
			token.setIdentifierInfo(nullptr);
		}
	}

      private:
	// Functions of another language, whose checks and code are for that one only.
	static void forget_builtin(const clang::Token &token)
	{
		clang::IdentifierInfo *name =
			token.is(clang::tok::identifier) ? token.getIdentifierInfo() : nullptr;

		if (!name || !name->getBuiltinID() || !name->getName().starts_with("__builtin_hlsl_"))
			return;
#if BCC_LLVM_MAJOR >= 19
		name->clearBuiltinID();
#else
		name->setBuiltinID(0);
#endif
	}

	// How far the stack has grown since this was made, before parsing; negative if it is shorter.
	ptrdiff_t parser_stack() const
	{
		return bottom - reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
	}

	void stop(const clang::Token &token, llvm::StringRef why)
	{
		clang::DiagnosticsEngine &diagnostics = compiler.getDiagnostics();

		stopped = true;
		diagnostics.Report(token.getLocation(),
			diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "%0"))
			<< why;
	}

	clang::CompilerInstance &compiler;
	const uintptr_t bottom = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
	size_t tokens = 0;
	depth depths;
	bool stopped = false;
};

class directive_limits : public clang::PPCallbacks
{
      public:
	explicit directive_limits(clang::CompilerInstance &c) : compiler(c)
	{
	}

	// What macros make of each other can double with each line. Of what does not reach the parser, nobody
	// else sees how much it is.
	void MacroExpands(const clang::Token &, const clang::MacroDefinition &macro, clang::SourceRange,
		const clang::MacroArgs *) override
	{
		size_t length = macro.getMacroInfo() ? macro.getMacroInfo()->getNumTokens() : 0;

		expanded += length + 1;
		if (expanded > tokens_max)
			bcc_give_up("the text's macros expand to more than 16 million tokens");
		if (!compiler.getPreprocessor().isParsingIfOrElifDirective())
			in_condition = 0;
		else if ((in_condition += length) > condition_tokens_max)
			bcc_give_up("the macros of an #if expand to more than 20000 tokens");
	}

	// clang computes with the numbers of the lines that follow
	void FileChanged(clang::SourceLocation place, FileChangeReason, clang::SrcMgr::CharacteristicKind,
		clang::FileID) override
	{
		clang::PresumedLoc presumed = compiler.getSourceManager().getPresumedLoc(place);

		if (presumed.isValid() && presumed.getLine() > INT32_MAX)
			bcc_give_up("a #line has a number above 2147483647");
	}

      private:
	clang::CompilerInstance &compiler;
	size_t expanded = 0, in_condition = 0;
};

// #pragma clang __debug: crashes and dumps, for those who work on clang.
class no_debug_pragma : public clang::PragmaHandler
{
      public:
	no_debug_pragma() : PragmaHandler("__debug")
	{
	}

	void HandlePragma(clang::Preprocessor &pp, clang::PragmaIntroducer, clang::Token &first) override
	{
		clang::DiagnosticsEngine &diagnostics = pp.getDiagnostics();

		diagnostics.Report(first.getLocation(),
			diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error,
				"#pragma clang __debug is not available: it is for work on the compiler itself"));
		pp.DiscardUntilEndOfDirective();
	}
};

} // namespace

// Whether `embed` is a word of the text, also one that goes on in the next line: only then are all its tokens
// read. A backslash at the end of a line can be written as a trigraph.
static bool may_have_embed(llvm::StringRef text)
{
	if (text.contains("embed"))
		return true;
	for (llvm::StringRef backslash : {"\\", "?\?/"}) {
		for (size_t at = 0; (at = text.find(backslash, at)) != llvm::StringRef::npos; at++) {
			if (at && llvm::StringRef("embe").contains(text[at - 1]))
				return true;
		}
	}
	return false;
}

const char *deadly_directive_name(int code)
{
	if (code == EMSGSIZE)
		return "an #if of more than 20000 tokens";
	if (code == ENOTSUP)
		return "an #embed, which is not available: BPF programs have no room for files";
	return nullptr;
}

static deadly_directive find_as_read(llvm::StringRef text, bool embeds, const clang::LangOptions &language)
{
	clang::Lexer lexer(clang::SourceLocation(), language, text.begin(), text.begin(), text.end());
	bool in_directive = false, in_condition = false;
	size_t length = 0;

	for (clang::Token token;;) {
		bool end = lexer.LexFromRawLexer(token);
		llvm::StringRef behind(lexer.getBufferLocation(), text.end() - lexer.getBufferLocation());
		int code = 0;

		if (token.isAtStartOfLine()) {
			in_directive = token.is(clang::tok::hash);
			in_condition = false;
			length = 0;
		}
		if (in_directive && length++ == 1 && token.is(clang::tok::raw_identifier)) {
			llvm::SmallString<16> name;

			// without what divides it into lines
			for (char c : token.getRawIdentifier()) {
				if (clang::isAsciiIdentifierContinue(c))
					name.push_back(c);
			}
			// a macro that is long is counted when it is used
			in_condition = name == "if" || name == "elif";
			if (embeds && name == "embed")
				code = ENOTSUP;
		}
		if (in_condition && length > condition_tokens_max)
			code = EMSGSIZE;
		if (code)
			return {code, 1 + text.drop_back(behind.size()).count('\n')};
		if (end)
			return {};
	}
}

// Flags choose the language, and what is a comment or a literal in one may not be in another: the text is
// read in each way that makes a difference to it.
deadly_directive find_deadly_directive(llvm::StringRef text)
{
	bool embeds = may_have_embed(text), comments = text.contains("//*"), trigraphs = text.contains("??"),
	     raw = BCC_LLVM_MAJOR >= 19 && text.contains("R\"");

	// a directive cannot have more tokens than bytes
	if (!embeds && text.size() <= condition_tokens_max)
		return {};
	for (unsigned way = 0; way < 8; way++) {
		clang::LangOptions language;
		deadly_directive found;

		if ((way & 1 && !comments) || (way & 2 && !trigraphs) || (way & 4 && !raw))
			continue;
		language.Digraphs = true;
		language.LineComment = !(way & 1);
		language.Trigraphs = way >> 1 & 1;
#if BCC_LLVM_MAJOR >= 19
		language.RawStringLiterals = way >> 2 & 1;
#endif
		found = find_as_read(text, embeds, language);
		if (found.code)
			return found;
	}
	return {};
}

void limit_text(clang::CompilerInstance &compiler)
{
	clang::Preprocessor &pp = compiler.getPreprocessor();
	auto tokens = std::make_shared<token_limits>(compiler);

	pp.addPPCallbacks(std::make_unique<directive_limits>(compiler));
#if BCC_LLVM_MAJOR >= 19
	// A compiler without #embed does not have the question either, whose parameters clang reads as badly.
	clang::SourceManager &sources = pp.getSourceManager();
	void *place = pp.getPreprocessorAllocator().Allocate(
		sizeof(clang::UndefMacroDirective), alignof(clang::UndefMacroDirective));
	pp.appendMacroDirective(pp.getIdentifierInfo("__has_embed"),
		new (place)
			clang::UndefMacroDirective(sources.getLocForStartOfFile(sources.getMainFileID())));
#endif
	// in the place of clang's own
	pp.AddPragmaHandler("clang", new no_debug_pragma);
	// it is the parser's token, on its way
	pp.setTokenWatcher(
		[tokens](const clang::Token &token) { tokens->watch(const_cast<clang::Token &>(token)); });
}

} // namespace bcc
