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

/* A file that exists only for the compiler. */
struct bcc_virtual_file {
	const char *name; /* as a text would include it: "bcc/types.h" */
	const char *text;
	bool is_of_text; /* its tokens count among those of the text */
	bool on_request; /* not before the text: headers include it */
};

enum bcc_needed_type { BCC_NEEDS_ADDRESS, BCC_NEEDS_TEXT, BCC_NEEDS_STRUCT, BCC_NEEDS_UNION };

/* What is wrong with a text, by names. */
struct bcc_name_listener {
	/* That an error is about, and that may be unknown; of a tag without "struct". */
	void (*unknown)(void *ctx, const char *name);
	/* The name of a member that is not there: nothing but a macro can be meant. */
	void (*unknown_member)(void *ctx, const char *name);
	/* A struct or union whose members are used and which is only declared; told as unknown too. */
	void (*incomplete)(void *ctx, const char *tag, bool is_union);
	/* Defined once more, as something else. */
	void (*defined_twice)(void *ctx, const char *name);
	/* A macro of one of the library's headers where the text means something of its own by that name. */
	void (*in_the_way)(void *ctx, const char *name);
	/* A member that a struct does not have; `place` in the text or, if it is named `in_header_names`,
	 * in BCC_HEADER_NAMES_FILE; SIZE_MAX: somewhere else. */
	void (*no_member)(void *ctx, const char *tag, const char *member, bool in_header_names, size_t place);
	/* A type that is a number is used as a struct, or as a pointer to one; by its typedef's name. */
	void (*no_struct)(void *ctx, const char *type, bool is_pointer);
	/* A type that is a number is used as a pointer to one; by its typedef's name. */
	void (*no_pointer)(void *ctx, const char *type);
	/* What is no array has an index, the so many-th, in the text: the last name before the first; `value`
	 * is that of the index, UINT_MAX if it is not known. */
	void (*no_array)(void *ctx, const char *name, unsigned index, unsigned value);
	/* A name that is not known where the text has "enum TAG, NAME". */
	void (*no_enumerator)(void *ctx, const char *tag, const char *name);
	/* A struct or union that is only declared, and whose size is needed; told as unknown too. */
	void (*no_size)(void *ctx, const char *tag, bool is_union);
	/* A variable is of a struct or union that is only declared, in a text with structs of functions;
	 * told before no_size. */
	void (*no_variable)(void *ctx, const char *tag, bool is_union);
	/* A type that is a number, by its typedef's name, stands where another is needed: `tag` is that of
	 * a struct or union, and "" otherwise. */
	void (*other_type)(void *ctx, const char *type, enum bcc_needed_type needed, const char *tag);
	/* A name that is not known where the text has bpf_core_type_exists(NAME). */
	void (*no_typedef)(void *ctx, const char *name);
	/* A member that is no struct is used as one, after so many indexes. */
	void (*other_struct)(void *ctx, const char *member, unsigned indexes);
	void *ctx;
};

struct bcc_clang_input {
	const char *name; /* of the text, for diagnostics */
	const char *text;
	/* in addition to the embedded ones; included before the text, in this order */
	const struct bcc_virtual_file *files;
	size_t file_count;
	const char *const *flags; /* as for clang -cc1: -D, -I, -include, … */
	size_t flag_count;
	/* flags name kernel headers: none are made up, and the text is parsed for their architecture */
	bool kernel_headers;
	bool libbpf;				     /* the text is in libbpf's dialect: common/dialect.h */
	bool portable;				     /* the object is for other kernels too */
	unsigned argument_registers;		     /* of a traced function */
	const struct bcc_dependencies *dependencies; /* told which real files were looked for; may be NULL */
	const struct bcc_name_listener *listener;    /* may be NULL */
	/* Whether some kernel has the header ("linux/sched.h"); asked for those in directories that the
	 * kernel has. NULL: any. */
	bool (*knows_header)(void *ctx, const char *name);
	void *knows_header_ctx;
	/* Whether the library's headers leave a macro out, and the context; NULL: none. */
	bool (*is_hidden)(void *ctx, const char *macro);
	void *is_hidden_ctx;
	/* Whether a type ("#tag", or that of a typedef) or enumerator is the same in all kernels; for
	 * portable objects only. */
	bool (*is_stable)(void *ctx, const char *name);
	void *is_stable_ctx;
};

struct bcc_token_reader {
	/* Called for each token after preprocessing, except those of the files in `files`. */
	void (*token)(void *ctx, const char *text, size_t length, bool identifier);
	void *token_ctx;
	/* Called for each name in an #if or the like, unexpanded, wherever that is. */
	void (*condition)(void *ctx, const char *name, size_t length);
	/* Each of these that stands in the text or a file of its own, and is no macro there. */
	void (*undefined)(void *ctx, const char *name, size_t length);
	/* Each header that they include. */
	void (*include)(void *ctx, const char *name, size_t length);
	void *condition_ctx;
};
/* Errors in the text are left for bcc_clang_module() to report. */
int bcc_clang_tokens(
	const struct bcc_clang_input *input, const struct bcc_token_reader *reader, struct bcc_err *err);

/* Checks a caller's flags, which are those of clang's driver, and passes to `allow` one by one the flags of
 * clang -cc1 that the text is compiled with. Returns -EINVAL with the wrong flag and the reason, or what
 * `allow` returned if that is not 0. */
int bcc_clang_flags(const char *const *flags, size_t count, int (*allow)(void *ctx, const char *flag),
	void *ctx, struct bcc_err *err);

/* Makes the module as described in rewriter.h. `*warnings` is set to NULL or to clang's warnings (malloc'ed).
 * Returns -EINVAL with clang's diagnostics on failure. The caller disposes of the module:
 * LLVMDisposeModule(). */
int bcc_clang_module(const struct bcc_clang_input *input, LLVMContextRef context, LLVMModuleRef *module,
	char **warnings, struct bcc_err *err);

/* Sets what LLVM and clang call when they are out of memory; it must not return. */
void bcc_clang_on_no_memory(void (*fn)(void));

/* What a program does instead of calling function `name` of the C library or the kernel; "": nothing is
 * known. Static. */
const char *bcc_function_advice(const char *name);

/* An address in clang's code: tells which file it was loaded from. */
const void *bcc_clang_code(void);

#ifdef __cplusplus
}
#endif
#endif
