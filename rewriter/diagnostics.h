/* SPDX-License-Identifier: Apache-2.0 */
/* Collects what LLVM reports while passes and the back end run. Nothing is printed. */
#ifndef REWRITER_DIAGNOSTICS_H
#define REWRITER_DIAGNOSTICS_H

#include <llvm-c/Types.h>

struct diagnostics {
	char *text; /* one error per line; NULL: no error. Owned. */
};

/* From now on, diagnostics of `context` go to `d`. */
void diagnostics_collect(struct diagnostics *d, LLVMContextRef context);
void diagnostics_add(struct diagnostics *d, const char *text);

#endif
