// SPDX-License-Identifier: Apache-2.0
#include "header_bodies.h"

#include <cstring>
#include <vector>

#include <clang/AST/Decl.h>
#include <clang/Basic/LangOptions.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/IR/Module.h>

#include "virtual_files.h"

namespace bcc
{
namespace
{

// Names hidden in macros take one round per level.
constexpr int most_rounds = 4;

bool is_ours(clang::SourceLocation place, const clang::SourceManager &sources)
{
	auto file = sources.getFileEntryRefForID(sources.getFileID(place));

	return !file || file->getName().starts_with(virtual_root);
}

// Passes on the unexpanded tokens of a text until `use` has enough.
template <typename F> void each_token(clang::Lexer &lexer, F &&use)
{
	clang::Token token;

	do
		lexer.LexFromRawLexer(token);
	while (token.isNot(clang::tok::eof) && use(token));
}

// Whether the token closes the outermost brace. `depth`: number of open braces, updated.
bool closes(const clang::Token &token, unsigned &depth)
{
	depth += token.is(clang::tok::l_brace);
	return token.is(clang::tok::r_brace) && !--depth;
}

// The parser lexes what it skips, and expands macros in it. Bodies without directives need not be lexed: the
// parser is placed directly before the body's "}", or what looks like it, should macros contain braces.
void leave_out(clang::Preprocessor &pp)
{
	auto *lexer = static_cast<clang::Lexer *>(pp.getCurrentLexer());

	if (!lexer) // in a macro
		return;
	llvm::StringRef text = lexer->getBuffer();
	unsigned begin = lexer->getCurrentBufferOffset(), depth = 1;
	if (!begin || text[begin - 1] != '{')
		return;
	clang::Lexer raw(
		clang::SourceLocation(), pp.getLangOpts(), text.begin(), text.begin() + begin, text.end());

	each_token(raw, [&](const clang::Token &token) {
		if (token.is(clang::tok::hash) && token.isAtStartOfLine())
			return false;
		if (!closes(token, depth))
			return true;
		lexer->seek(raw.getCurrentBufferOffset() - token.getLength(), token.isAtStartOfLine());
		return false;
	});
}

} // namespace

header_bodies::header_bodies(const char *text)
{
	const clang::LangOptions language; // the lexer refers to it
	clang::Lexer lexer(clang::SourceLocation(), language, text, text, text + strlen(text));

	each_token(lexer, [&](const clang::Token &token) {
		if (token.is(clang::tok::raw_identifier))
			kept.insert(token.getRawIdentifier());
		return true;
	});
}

bool header_bodies::pass_over(const clang::Decl &declaration, clang::Preprocessor &pp)
{
	const clang::SourceManager &sources = pp.getSourceManager();
	const auto *function = llvm::dyn_cast<clang::FunctionDecl>(&declaration);

	if (!function || !function->getIdentifier() || rounds >= most_rounds)
		return false;
	clang::SourceLocation place = sources.getFileLoc(function->getLocation());
	if (!sources.isInSystemHeader(place) || is_ours(place, sources) || kept.contains(function->getName()))
		return false;
	passed[function->getName()] = place;
	if (!careful)
		leave_out(pp);
	return true;
}

// Together with what their texts name, from a function's name to the end of its body. What a macro produces
// is not seen.
void header_bodies::keep(
	llvm::StringRef first, const clang::SourceManager &sources, const clang::LangOptions &language)
{
	std::vector<llvm::StringRef> names{first}; // in the files' own text

	while (!names.empty()) {
		auto at = passed.find(names.back());

		names.pop_back();
		if (at == passed.end() || !kept.insert(at->getKey()).second)
			continue;
		auto [file, offset] = sources.getDecomposedLoc(at->second);
		llvm::StringRef text = sources.getBufferData(file);
		clang::Lexer lexer(
			clang::SourceLocation(), language, text.begin(), text.begin() + offset, text.end());
		unsigned depth = 0;
		each_token(lexer, [&](const clang::Token &token) {
			if (token.is(clang::tok::raw_identifier))
				names.push_back(token.getRawIdentifier());
			return !closes(token, depth);
		});
	}
}

bool header_bodies::missing(
	const llvm::Module &module, const clang::SourceManager &sources, const clang::LangOptions &language)
{
	bool any = false;

	for (const llvm::Function &f : module) {
		if (!f.isDeclaration() || !passed.count(f.getName()))
			continue;
		any = true;
		keep(f.getName(), sources, language);
	}
	passed.clear();
	rounds += any;
	return any;
}

bool header_bodies::suspect()
{
	bool again = !careful && !passed.empty();

	passed.clear();
	careful = true;
	return again;
}

} // namespace bcc
