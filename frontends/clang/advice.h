// SPDX-License-Identifier: Apache-2.0
// What to write instead of names that people know from C programs, the kernel's sources, C++ and Python.
#ifndef FRONTENDS_CLANG_ADVICE_H
#define FRONTENDS_CLANG_ADVICE_H

#include <string>

#include <llvm/ADT/StringRef.h>

namespace bcc
{

// Each returns a sentence without its full stop, or "".
llvm::StringRef advice_for_function(llvm::StringRef name);
llvm::StringRef advice_for_name(llvm::StringRef name); // of a variable, constant or type
llvm::StringRef advice_for_header(llvm::StringRef file);
llvm::StringRef advice_for_macro(llvm::StringRef name);
// Of a method that a table does not have: which tables have it, or how else it is done.
llvm::StringRef advice_for_method(llvm::StringRef name);

// How a method is called, "": that is plain.
llvm::StringRef usage_of_method(llvm::StringRef name);

// A macro of this library whose arguments are looked at before it is expanded.
struct macro_usage {
	const char *macro, *usage;
	unsigned least, most; // arguments; most 0: any number
	int name;	      // which argument is an identifier, counted from 0
	bool is_table;	      // and that of a table
	int second_name;      // another that is, or -1
};
const macro_usage *usage_of(llvm::StringRef macro);

// Whether BPF_TABLE takes the word; else `near` is "; did you mean …?" or a list of some.
bool is_table_type(llvm::StringRef word, std::string &near);

} // namespace bcc

#endif
