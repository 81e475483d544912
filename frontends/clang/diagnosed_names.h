// SPDX-License-Identifier: Apache-2.0
// The names in diagnostics, for whoever may know these.
#ifndef FRONTENDS_CLANG_DIAGNOSED_NAMES_H
#define FRONTENDS_CLANG_DIAGNOSED_NAMES_H

#include <clang/Basic/Diagnostic.h>

#include "clang.h"

namespace bcc
{

// Tells `listener` (may be null) the names that an error is about.
void tell_diagnosed_names(const bcc_name_listener *listener, clang::DiagnosticsEngine::Level level,
	const clang::Diagnostic &diagnostic);

} // namespace bcc

#endif
