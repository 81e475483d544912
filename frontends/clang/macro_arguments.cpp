// SPDX-License-Identifier: Apache-2.0
#include "macro_arguments.h"

#include <vector>

#include <clang/Basic/SourceManager.h>
#include <clang/Lex/MacroArgs.h>
#include <clang/Lex/MacroInfo.h>
#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/ADT/StringMap.h>

#include "advice.h"
#include "virtual_files.h"

namespace
{

using tokens = std::vector<clang::Token>;

class checker : public clang::PPCallbacks
{
      public:
	explicit checker(clang::Preprocessor &p) : pp(p)
	{
	}

	void MacroExpands(const clang::Token &name, const clang::MacroDefinition &definition,
		clang::SourceRange, const clang::MacroArgs *given) override
	{
		llvm::StringRef macro = name.getIdentifierInfo()->getName();
		const bcc::macro_usage *usage;

		warn_of_nothing(name, *definition.getMacroInfo());
		if (given && macro == "SEC" && is_ours(definition.getMacroInfo()->getDefinitionLoc()))
			check_section(name.getLocation(), given->getUnexpArgument(0));
		// all that are looked at, and hardly anything else
		if (!given || !(macro.starts_with("BPF_") || macro.contains("PROBE") || macro == "KMOD_RET"))
			return;
		usage = bcc::usage_of(macro);
		if (usage && is_ours(definition.getMacroInfo()->getDefinitionLoc()) &&
			!is_ours(name.getLocation()))
			check(*usage, name.getLocation(), split(*definition.getMacroInfo(), *given));
	}

      private:
	// printk() and the like: kernel code in a text may call them, but who writes them expects something
	// to
	// happen.
	void warn_of_nothing(const clang::Token &name, const clang::MacroInfo &macro)
	{
		clang::DiagnosticsEngine &diagnostics = pp.getDiagnostics();
		llvm::StringRef advice;

		// ((void)0)
		if (!macro.isFunctionLike() || macro.getNumTokens() != 6 ||
			macro.getReplacementToken(2).isNot(clang::tok::kw_void) ||
			is_ours(name.getLocation()) || !is_ours(macro.getDefinitionLoc()))
			return;
		advice = bcc::advice_for_function(name.getIdentifierInfo()->getName());
		if (!advice.empty())
			diagnostics.Report(name.getLocation(),
				diagnostics.getDiagnosticIDs()->getCustomDiagID(
					clang::DiagnosticIDs::Warning, "%0() does nothing here: %1"))
				<< name.getIdentifierInfo()->getName() << advice;
	}

	bool is_ours(clang::SourceLocation at) const
	{
		const clang::SourceManager &sources = pp.getSourceManager();

		return bcc::is_virtual_file(sources, sources.getSpellingLoc(at));
	}

	// What stands between the commas, those of "..." too.
	static std::vector<tokens> split(const clang::MacroInfo &info, const clang::MacroArgs &given)
	{
		std::vector<tokens> arguments;

		for (unsigned i = 0; i < info.getNumParams(); i++) {
			const clang::Token *t = given.getUnexpArgument(i);
			int depth = 0;

			// no arguments for "..."
			if (t->is(clang::tok::eof) && info.isVariadic() && i + 1 == info.getNumParams() && i)
				break;
			arguments.emplace_back();
			for (; t->isNot(clang::tok::eof); t++) {
				if (t->is(clang::tok::l_paren))
					depth++;
				else if (t->is(clang::tok::r_paren))
					depth--;
				if (t->is(clang::tok::comma) && !depth)
					arguments.emplace_back();
				else
					arguments.back().push_back(*t);
			}
		}
		return arguments;
	}

	template <typename... Parts>
	void fail(clang::SourceLocation at, const char *message, const Parts &...parts)
	{
		clang::DiagnosticsEngine &diagnostics = pp.getDiagnostics();
		unsigned id =
			diagnostics.getDiagnosticIDs()->getCustomDiagID(clang::DiagnosticIDs::Error, message);

		(void)(diagnostics.Report(at, id) << ... << parts);
	}

	void note(clang::SourceLocation at, const char *message)
	{
		clang::DiagnosticsEngine &diagnostics = pp.getDiagnostics();

		diagnostics.Report(at,
			diagnostics.getDiagnosticIDs()->getCustomDiagID(clang::DiagnosticIDs::Note, message));
	}

	void check(
		const bcc::macro_usage &usage, clang::SourceLocation at, const std::vector<tokens> &arguments)
	{
		size_t count = arguments.size() == 1 && arguments[0].empty() ? 0 : arguments.size();

		if (count < usage.least)
			fail(at, "too few arguments for %0: it is %1", usage.macro, usage.usage);
		else if (usage.most && count > usage.most)
			fail(at, "too many arguments for %0: it is %1", usage.macro, usage.usage);
		else if (usage.name > 0 && usage.is_table && !check_word(usage, at, arguments[0]))
			return;
		else if (check_name(usage, at, arguments[usage.name]) &&
			 (usage.second_name < 0 || check_name(usage, at, arguments[usage.second_name])) &&
			 usage.is_table)
			check_twice(arguments[usage.name][0], at);
	}

	// "hash", and "hash:/sys/fs/bpf/NAME" or "array_of_maps$NAME"; macros may put it together.
	bool check_word(const bcc::macro_usage &usage, clang::SourceLocation at, const tokens &word)
	{
		llvm::StringRef text;
		std::string near;

		if (word.size() != 1)
			return true;
		if (const clang::IdentifierInfo *name = word[0].getIdentifierInfo()) {
			if (name->hasMacroDefinition())
				return true;
			fail(at, "the type stands in quotes, \"%0\": it is %1", name->getName(), usage.usage);
			return false;
		}
		if (!clang::tok::isStringLiteral(word[0].getKind()))
			return true;
		text = llvm::StringRef(word[0].getLiteralData(), word[0].getLength()).trim('"');
		text = text.take_until([](char c) { return c == ':' || c == '$'; });
		if (bcc::is_table_type(text, near))
			return true;
		fail(at, "unknown table type \"%0\"%1", text, near);
		return false;
	}

	// SEC(kprobe/vfs_read): as the compilers say it, something is undeclared, or an attribute's argument
	// is not what it should be.
	void check_section(clang::SourceLocation at, const clang::Token *argument)
	{
		const clang::IdentifierInfo *name = argument->getIdentifierInfo();
		std::string section;

		if (!name || name->hasMacroDefinition())
			return;
		for (; argument->isNot(clang::tok::eof); argument++)
			section += pp.getSpelling(*argument);
		fail(at, "the section's name stands in quotes: SEC(\"%0\")", section);
	}

	bool check_name(const bcc::macro_usage &usage, clang::SourceLocation at, const tokens &name)
	{
		if (name.empty())
			fail(at, "a name is missing: it is %0", usage.usage);
		else if (clang::tok::isStringLiteral(name[0].getKind()))
			fail(at, "names stand without quotes in %0: it is %1", usage.macro, usage.usage);
		else if (!name[0].getIdentifierInfo())
			fail(at, "'%0' is not a name: it is %1", pp.getSpelling(name[0]), usage.usage);
		else if (name[0].getIdentifierInfo()->isKeyword(pp.getLangOpts()) && usage.is_table)
			fail(at, "'%0' is a word of C and cannot be a table's name: it is %1",
				pp.getSpelling(name[0]), usage.usage);
		else
			return true;
		return false;
	}

	void check_twice(const clang::Token &name, clang::SourceLocation at)
	{
		// what a macro stands for can be another name each time
		if (name.getIdentifierInfo()->hasMacroDefinition() || at.isMacroID())
			return;
		auto [before, added] = tables.try_emplace(name.getIdentifierInfo()->getName(), at);

		if (added)
			return;
		fail(at, "table '%0' is defined twice", name.getIdentifierInfo()->getName());
		note(before->second, "it is defined here first");
	}

	clang::Preprocessor &pp;
	llvm::StringMap<clang::SourceLocation> tables;
};

} // namespace

std::unique_ptr<clang::PPCallbacks> bcc::macro_arguments(clang::Preprocessor &pp)
{
	return std::make_unique<checker>(pp);
}
