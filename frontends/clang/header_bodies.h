// SPDX-License-Identifier: Apache-2.0
// Function bodies in kernel headers are more than half of what it takes to parse these, and a text calls few
// of the functions: the bodies of the others are skipped.
#ifndef FRONTENDS_CLANG_HEADER_BODIES_H
#define FRONTENDS_CLANG_HEADER_BODIES_H

#include <clang/Basic/SourceLocation.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/ADT/StringSet.h>

namespace clang
{
class Decl;
class LangOptions;
class Preprocessor;
class SourceManager;
} // namespace clang
namespace llvm
{
class Module;
}

namespace bcc
{

class header_bodies
{
      public:
	// Functions that `text` names are parsed at once.
	explicit header_bodies(const char *text);

	// To be asked before each body is parsed, after its "{" was read.
	bool pass_over(const clang::Decl &declaration, clang::Preprocessor &pp);

	// Whether code calls functions that were skipped. Then the text has to be parsed again: they, and
	// what they seem to call, are parsed that time, and after a few attempts everything is.
	bool missing(const llvm::Module &module, const clang::SourceManager &sources,
		const clang::LangOptions &language);

	// Whether a text that does not parse has to be parsed again, with more care about where bodies end.
	bool suspect();

      private:
	void keep(llvm::StringRef first, const clang::SourceManager &sources,
		const clang::LangOptions &language);

	llvm::StringSet<> kept;
	llvm::StringMap<clang::SourceLocation> passed; // by name: its position
	int rounds = 0;
	bool careful = false; // bodies end where the parser finds it
};

} // namespace bcc

#endif
