// SPDX-License-Identifier: Apache-2.0
#include "clang_options.h"

#include <string>

#if __has_include(<clang/Options/Options.h>)
#include <clang/Options/Options.h>
using clang::getDriverOptTable;
#else
#include <clang/Driver/Options.h>
using clang::driver::getDriverOptTable;
#endif
#include <llvm/Option/OptTable.h>
#include <llvm/Option/Option.h>

void clang_options(void (*each)(void *ctx, const char *spelling, bool joined, bool separate), void *ctx)
{
	using llvm::opt::Option;
	const llvm::opt::OptTable &table = getDriverOptTable();

	for (unsigned id = 1; id <= table.getNumOptions(); id++) {
		Option option = table.getOption(id);
		if (!option.isValid() || option.getKind() == Option::GroupClass ||
			option.getKind() == Option::InputClass || option.getKind() == Option::UnknownClass)
			continue;
		unsigned kind = option.getKind();
		bool joined = kind == Option::JoinedClass || kind == Option::JoinedOrSeparateClass ||
			      kind == Option::CommaJoinedClass || kind == Option::JoinedAndSeparateClass;
		bool separate = kind == Option::SeparateClass || kind == Option::JoinedOrSeparateClass ||
				kind == Option::MultiArgClass || kind == Option::JoinedAndSeparateClass ||
				kind == Option::RemainingArgsClass;

		for (const char *prefix : {"-", "--", "/"}) {
			std::string spelling = prefix + std::string(option.getName());
			bool own = spelling == option.getPrefixedName();
			each(ctx, spelling.c_str(), own && joined, own && separate);
		}
	}
}
