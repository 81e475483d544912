// SPDX-License-Identifier: Apache-2.0
// Checks the arguments of this library's macros before they are expanded: what clang says about the expansion
// is about names that the text does not have.
#ifndef FRONTENDS_CLANG_MACRO_ARGUMENTS_H
#define FRONTENDS_CLANG_MACRO_ARGUMENTS_H

#include <memory>

namespace clang
{
class PPCallbacks;
class Preprocessor;
} // namespace clang

namespace bcc
{

// To be added to the callbacks of `pp`. Reports too few or too many arguments, arguments that cannot be
// names, and tables that are defined twice.
std::unique_ptr<clang::PPCallbacks> macro_arguments(clang::Preprocessor &pp);

} // namespace bcc

#endif
