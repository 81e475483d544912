// SPDX-License-Identifier: Apache-2.0
// A clang instance for one text: no driver, no system headers, diagnostics into a string.
#ifndef FRONTENDS_CLANG_INSTANCE_H
#define FRONTENDS_CLANG_INSTANCE_H

#include <memory>
#include <string>

#include <clang/Frontend/CompilerInstance.h>

#include "clang.h"

namespace bcc
{

class instance
{
      public:
	explicit instance(const bcc_clang_input &input);

	// Returns false if the flags are wrong; messages() tells which.
	bool ready() const
	{
		return compiler != nullptr;
	}
	clang::CompilerInstance &get()
	{
		return *compiler;
	}
	const std::string &messages();

      private:
	void configure(clang::CompilerInvocation &invocation, const bcc_clang_input &input);

	std::string text;
	llvm::raw_string_ostream stream;
	std::unique_ptr<clang::CompilerInstance> compiler;
};

} // namespace bcc

#endif
