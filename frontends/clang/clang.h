/* SPDX-License-Identifier: Apache-2.0 */
/* The C side of the clang wrapper: tokens of a text, and its LLVM module. */
#ifndef FRONTENDS_CLANG_CLANG_H
#define FRONTENDS_CLANG_CLANG_H

#include <stdbool.h>
#include <stddef.h>
#include <llvm-c/Types.h>

#include "common/dependency.h"
#include "common/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A file that exists for the compiler only. */
struct bcc_virtual_file {
	const char *name; /* as a text would include it: "bcc/types.h" */
	const char *text;
};

struct bcc_clang_input {
	const char *name; /* of the text, for diagnostics */
	const char *text;
	const struct bcc_virtual_file
		*files; /* beside the embedded ones; included before the text, in this order */
	size_t file_count;
	const char *const *flags; /* as for clang -cc1: -D, -I, -include, … */
	size_t flag_count;
	bool kernel_headers; /* flags name kernel headers: none are made up, and parsed for their machine */
	unsigned argument_registers; /* of a traced function */
	const struct bcc_dependencies
		*dependencies; /* is told which real files were looked for; may be NULL */
};

struct bcc_token_reader {
	/* Each token after preprocessing, those of the files in `files` left out. */
	void (*token)(void *ctx, const char *text, size_t length, bool identifier);
	void *token_ctx;
	/* Each name in an #if or the like, as it stands there, wherever that is. */
	void (*condition)(void *ctx, const char *name, size_t length);
	void *condition_ctx;
};
/* What is wrong with the text is left for bcc_clang_module() to say. */
int bcc_clang_tokens(
	const struct bcc_clang_input *input, const struct bcc_token_reader *reader, struct bcc_err *err);

/* The module as rewriter.h promises it. `*warnings` (malloc'ed) is set to NULL or clang's warnings. -EINVAL
 * with clang's diagnostics. The module belongs to `context`'s user: LLVMDisposeModule(). */
int bcc_clang_module(const struct bcc_clang_input *input, LLVMContextRef context, LLVMModuleRef *module,
	char **warnings, struct bcc_err *err);

/* An address in clang's code: which file it is loaded from can be asked by it. */
const void *bcc_clang_code(void);

#ifdef __cplusplus
}
#endif
#endif
