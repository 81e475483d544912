// SPDX-License-Identifier: Apache-2.0
// LLVM and clang cannot continue without memory: this defines what they call then.
#include <new>

#include <llvm/Support/ErrorHandling.h>

#include "clang.h"

static void (*on_no_memory)();

static void bad_alloc(void *, const char *, bool)
{
	on_no_memory();
}

void bcc_clang_on_no_memory(void (*fn)())
{
	on_no_memory = fn;
	std::set_new_handler(fn);
	llvm::install_bad_alloc_error_handler(bad_alloc);
}
