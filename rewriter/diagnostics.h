/* SPDX-License-Identifier: Apache-2.0 */
/* What LLVM complains about while passes and the back end work: kept, never printed. */
#ifndef REWRITER_DIAGNOSTICS_H
#define REWRITER_DIAGNOSTICS_H

#include <llvm-c/Types.h>

struct diagnostics {
	char *text; /* errors, a line each; NULL: none. Owned. */
};

/* From now on `context` tells `d`. */
void diagnostics_collect(struct diagnostics *d, LLVMContextRef context);
void diagnostics_add(struct diagnostics *d, const char *text);

#endif
