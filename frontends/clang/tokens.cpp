// SPDX-License-Identifier: Apache-2.0
// Preprocesses a text and hands out its tokens: what names a text uses is known before any type is.
#include <cerrno>
#include <cstring>

#include <clang/Frontend/FrontendActions.h>
#include <clang/Lex/Preprocessor.h>

#include "instance.h"
#include "virtual_files.h"

namespace
{

class token_action : public clang::PreprocessorFrontendAction
{
      public:
	token_action(const bcc_clang_input &in, bcc_token_fn f, void *c) : input(in), fn(f), ctx(c)
	{
	}

      protected:
	void ExecuteAction() override
	{
		clang::Preprocessor &pp = getCompilerInstance().getPreprocessor();
		clang::Token token;

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
		// where it is written: what our macros expand to is known to need nothing
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
					last_verdict |= name == input.files[i].name;
			}
		}
		return last_verdict;
	}

	void hand_out(clang::Preprocessor &pp, const clang::Token &token)
	{
		const clang::IdentifierInfo *identifier = token.getIdentifierInfo();

		if (identifier) {
			fn(ctx, identifier->getNameStart(), identifier->getLength(),
				!identifier->isKeyword(pp.getLangOpts()));
			return;
		}
		// only punctuation is of interest beside names
		const char *spelling =
			token.isLiteral() ? "0" : clang::tok::getPunctuatorSpelling(token.getKind());
		if (spelling)
			fn(ctx, spelling, strlen(spelling), false);
	}

	const bcc_clang_input &input;
	bcc_token_fn fn;
	void *ctx;
	clang::FileID last_file;
	bool last_verdict = false;
};

} // namespace

int bcc_clang_tokens(const bcc_clang_input *input, bcc_token_fn fn, void *ctx, bcc_err *err)
{
	bcc::instance clang(*input);

	if (!clang.ready())
		return bcc_fail(
			err, -EINVAL, "the compiler refuses its flags:\n%s", clang.messages().c_str());
	token_action action(*input, fn, ctx);
	clang.get().ExecuteAction(action);
	return 0;
}
