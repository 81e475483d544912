// SPDX-License-Identifier: Apache-2.0
// Diagnostics as text, and the names in them for whoever may know these.
#ifndef FRONTENDS_CLANG_DIAGNOSED_NAMES_H
#define FRONTENDS_CLANG_DIAGNOSED_NAMES_H

#include <clang/Frontend/TextDiagnosticPrinter.h>

#include "clang.h"

namespace bcc
{

class diagnosed_names : public clang::TextDiagnosticPrinter
{
      public:
	template <typename Options>
	diagnosed_names(llvm::raw_ostream &stream, Options &&options, const bcc_name_listener *l)
	    : TextDiagnosticPrinter(stream, options), listener(l)
	{
	}

	void HandleDiagnostic(
		clang::DiagnosticsEngine::Level level, const clang::Diagnostic &diagnostic) override;

      private:
	const bcc_name_listener *listener;
};

} // namespace bcc

#endif
