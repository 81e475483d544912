// SPDX-License-Identifier: Apache-2.0
// clang's diagnostics in a form that helps the author of a text: at a place in the text and not in what this
// library puts before or behind it, once for each mistake, and with what to write instead.
#ifndef FRONTENDS_CLANG_DIAGNOSTICS_H
#define FRONTENDS_CLANG_DIAGNOSTICS_H

#include <memory>
#include <set>
#include <string>

#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Frontend/TextDiagnostic.h>
#include <llvm/Support/raw_ostream.h>

#include "clang.h"

namespace bcc
{

class diagnostics : public clang::DiagnosticConsumer
{
      public:
	using level = clang::DiagnosticsEngine::Level;

	diagnostics(llvm::raw_ostream &out, clang::DiagnosticOptions &options, const bcc_clang_input &input);

	void BeginSourceFile(const clang::LangOptions &language, const clang::Preprocessor *pp) override;
	void EndSourceFile() override;
	void HandleDiagnostic(level severity, const clang::Diagnostic &info) override;

      private:
	// Where a diagnostic is shown, and how much of it is this library's doing.
	struct place {
		clang::SourceLocation at;
		bool moved;			 // out of a macro of this library, or from behind the text
		bool behind;			 // it was behind the text
		bool from_us;			 // this library wrote what is wrong there
		clang::SourceLocation expansion; // of the outermost macro, invalid: of none
	};

	bool in_our_file(clang::SourceLocation spelling) const;
	place find_place(clang::SourceLocation location) const;
	bool on_quiet_line(clang::SourceLocation at) const;
	void keep_line_quiet(clang::SourceLocation at);

	bool show(level severity, const clang::Diagnostic &info);
	void show_note(const clang::Diagnostic &info);
	void emit(level severity, clang::SourceLocation at, const std::string &message,
		const clang::Diagnostic *source);
	void escape_file_names(clang::SourceLocation at);

	// The message that is shown, "": none.
	std::string explain(const clang::Diagnostic &info, const place &where);
	std::string explain_function(const std::string &name);
	std::string explain_name(const clang::Diagnostic &info, const std::string &name);
	std::string explain_member(const clang::Diagnostic &info, const place &where);
	std::string explain_redefinition(const clang::Diagnostic &info, const place &where);
	std::string explain_macro(clang::SourceLocation at);
	std::string explain_type(const clang::Diagnostic &info);
	std::string near_function(const std::string &name) const;
	std::string near_table(const std::string &name) const;
	llvm::StringRef called_method(const clang::Diagnostic &info) const;
	bool is_keyword(llvm::StringRef name) const;
	std::string name_at(clang::SourceLocation at) const;
	bool next_is(clang::SourceLocation at, clang::tok::TokenKind kind) const;
	std::string near_macro(const std::string &name) const;
	std::string plain(std::string message) const;
	bool is_macro(const std::string &name) const;
	bool is_used_as_table(clang::SourceLocation at) const;

	llvm::raw_ostream &out;
	clang::DiagnosticOptions &options;
	const bcc_clang_input &input;
	const clang::LangOptions *language = nullptr;
	const clang::Preprocessor *pp = nullptr;
	const clang::SourceManager *sources = nullptr;
	std::string shown_lines; // of the last diagnostic
	llvm::raw_string_ostream shown_text{shown_lines};
	std::unique_ptr<clang::TextDiagnostic> printer;
	bool dropping = false; // notes of what was not shown
	bool keep_line_quiet_after = false;
	bool unterminated = false; // what is behind the text is part of something in it
	bool own_words = false;	   // clang's notes do not fit the message
	unsigned shown = 0;	   // errors
	unsigned warnings = 0;
	clang::SourceLocation moved_to; // replaces where clang saw the last one
	clang::SourceLocation last_error;
	std::set<unsigned> reported; // macros of this library that have been complained of
	std::set<std::pair<unsigned, std::string>> said;
	std::set<std::pair<unsigned, unsigned>> quiet_lines; // of which the cause has been said
};

} // namespace bcc

#endif
