// SPDX-License-Identifier: Apache-2.0
// Preprocesses a text and passes on its tokens: which names a text uses is known before any type is.
#include <cerrno>
#include <cstring>

#include <clang/Basic/CharInfo.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Lex/Lexer.h>
#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>

#include "instance.h"
#include "text_limits.h"
#include "virtual_files.h"

namespace
{

// Passes on the names that conditions ask for.
class condition_names : public clang::PPCallbacks
{
      public:
	condition_names(clang::Preprocessor &p, const bcc_token_reader &r) : pp(p), reader(r)
	{
	}

	void If(clang::SourceLocation place, clang::SourceRange condition, ConditionValueKind) override
	{
		hand_out(place, condition);
	}

	void Elif(clang::SourceLocation place, clang::SourceRange condition, ConditionValueKind,
		clang::SourceLocation) override
	{
		hand_out(place, condition);
	}

	void Ifdef(clang::SourceLocation place, const clang::Token &name,
		const clang::MacroDefinition &) override
	{
		hand_out(place, name);
	}

	void Ifndef(clang::SourceLocation place, const clang::Token &name,
		const clang::MacroDefinition &) override
	{
		hand_out(place, name);
	}

	void Elifdef(clang::SourceLocation place, const clang::Token &name,
		const clang::MacroDefinition &) override
	{
		hand_out(place, name);
	}

	void Elifndef(clang::SourceLocation place, const clang::Token &name,
		const clang::MacroDefinition &) override
	{
		hand_out(place, name);
	}

#if BCC_LLVM_MAJOR >= 19
	void InclusionDirective(clang::SourceLocation place, const clang::Token &, llvm::StringRef name, bool,
		clang::CharSourceRange, clang::OptionalFileEntryRef, llvm::StringRef, llvm::StringRef,
		const clang::Module *, bool, clang::SrcMgr::CharacteristicKind) override
#else
	void InclusionDirective(clang::SourceLocation place, const clang::Token &, llvm::StringRef name, bool,
		clang::CharSourceRange, clang::OptionalFileEntryRef, llvm::StringRef, llvm::StringRef,
		const clang::Module *, clang::SrcMgr::CharacteristicKind) override
#endif
	{
		if (reader.include && is_of_text(place))
			reader.include(reader.condition_ctx, name.data(), name.size());
	}

      private:
	bool is_of_text(clang::SourceLocation place)
	{
		const clang::SourceManager &sources = pp.getSourceManager();
		auto file = sources.getFileEntryRefForID(sources.getFileID(sources.getExpansionLoc(place)));

		return file && !file->getName().starts_with(bcc::virtual_root);
	}

	void hand_out(clang::SourceLocation place, llvm::StringRef name)
	{
		reader.condition(reader.condition_ctx, name.data(), name.size());
		if (reader.undefined && is_of_text(place) && !pp.isMacroDefined(name))
			reader.undefined(reader.condition_ctx, name.data(), name.size());
	}

	void hand_out(clang::SourceLocation place, const clang::Token &token)
	{
		const clang::IdentifierInfo *name = token.getIdentifierInfo();

		if (name)
			hand_out(place, name->getName());
	}

	// Splits it into words; digits and suffixes of numbers are not part of names.
	void hand_out(clang::SourceLocation place, clang::SourceRange condition)
	{
		llvm::StringRef text =
			clang::Lexer::getSourceText(clang::CharSourceRange::getCharRange(condition),
				pp.getSourceManager(), pp.getLangOpts());

		while (!text.empty()) {
			llvm::StringRef word =
				text.take_while([](char c) { return clang::isAsciiIdentifierContinue(c); });

			if (!word.empty())
				hand_out(place, word);
			text = text.drop_front(word.empty() ? 1 : word.size());
		}
	}

	clang::Preprocessor &pp;
	const bcc_token_reader &reader;
};

class token_action : public clang::PreprocessorFrontendAction
{
      public:
	token_action(const bcc_clang_input &in, const bcc_token_reader &r) : input(in), reader(r)
	{
	}

      protected:
	void ExecuteAction() override
	{
		clang::Preprocessor &pp = getCompilerInstance().getPreprocessor();
		clang::Token token;

		bcc::limit_text(getCompilerInstance());
		pp.addPPCallbacks(std::make_unique<condition_names>(pp, reader));
		pp.EnterMainSourceFile();
		for (pp.Lex(token); token.isNot(clang::tok::eof); pp.Lex(token)) {
			if (!from_prelude(token))
				hand_out(pp, token);
		}
	}

      private:
	bool from_prelude(const clang::Token &token)
	{
		clang::SourceManager &sources = getCompilerInstance().getSourceManager();
		// by where it is written: what our macros expand to is known to need nothing
		clang::FileID file = sources.getFileID(sources.getSpellingLoc(token.getLocation()));

		if (file == last_file)
			return last_verdict;
		last_file = file;
		last_verdict = false;
		auto entry = sources.getFileEntryRefForID(file);
		if (entry) {
			llvm::StringRef name = entry->getName();
			if (name.consume_front(bcc::virtual_root) && name.consume_front("/")) {
				for (size_t i = 0; i < input.file_count; i++)
					last_verdict |=
						name == input.files[i].name && !input.files[i].is_of_text;
			}
		}
		return last_verdict;
	}

	void hand_out(clang::Preprocessor &pp, const clang::Token &token)
	{
		// what stands for a directive has no name and no spelling
		if (token.isAnnotation())
			return;
		const clang::IdentifierInfo *identifier = token.getIdentifierInfo();

		if (identifier) {
			reader.token(reader.token_ctx, identifier->getNameStart(), identifier->getLength(),
				!identifier->isKeyword(pp.getLangOpts()));
			return;
		}
		// besides names, only punctuation matters
		const char *spelling =
			token.isLiteral() ? "0" : clang::tok::getPunctuatorSpelling(token.getKind());
		if (spelling)
			reader.token(reader.token_ctx, spelling, strlen(spelling), false);
	}

	const bcc_clang_input &input;
	const bcc_token_reader &reader;
	clang::FileID last_file;
	bool last_verdict = false;
};

} // namespace

int bcc_clang_tokens(const bcc_clang_input *input, const bcc_token_reader *reader, bcc_err *err)
{
	bcc::instance clang(*input);

	if (!clang.ready())
		return bcc_fail(err, -EINVAL, "%s", clang.messages().c_str());
	token_action action(*input, *reader);
	clang.get().ExecuteAction(action);
	return 0;
}
