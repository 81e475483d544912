/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door between the run time (libbcc.so) and the compiler (libbcc-compiler.so): the one function that the run time looks
 * up after dlopen(). No LLVM type passes through it.
 */
#ifndef COMMON_COMPILE_REQUEST_H
#define COMMON_COMPILE_REQUEST_H

#include <stddef.h>

#define BCC_COMPILER_ABI 2 /* changes with any change of these structs */

struct bcc_dependencies; /* common/dependency.h */

struct bcc_compile_request {
	int abi;	  /* BCC_COMPILER_ABI */
	const char *text; /* NUL-terminated */
	const char *name; /* how diagnostics call it */
	const char *const *cflags;
	size_t cflags_count;
	unsigned debug;		   /* enum bcc_debug */
	const char *kernel_source; /* NULL: BTF, and headers only where BTF is missing */
	int tracefs_fd;		   /* root of tracefs, -1: none */
	const char *tracefs_why;   /* why there is none */
	void (*log)(void *ctx, int level, const char *text); /* warnings and dumps; may be NULL */
	void *log_ctx;
	/* is told what the object depends on beside these fields, which are all part of its key in the cache (cache/key.c) */
	const struct bcc_dependencies *dependencies;
};

struct bcc_compile_result {
	void *elf; /* BPF ELF object: a section a function, BTF, .BTF.ext, .maps */
	size_t elf_size;
	char *error; /* on failure: the sentence or diagnostics */
};

/* 0, or a negative errno with result->error set. */
typedef int (*bcc_compile_fn)(const struct bcc_compile_request *request, struct bcc_compile_result *result);
typedef void (*bcc_compile_free_fn)(struct bcc_compile_result *result);

#define BCC_COMPILE_SYMBOL "bcc_compile_1"
#define BCC_COMPILE_FREE_SYMBOL "bcc_compile_free_1"

#endif
