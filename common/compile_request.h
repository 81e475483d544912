/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interface between the run time (libbcc.so) and the compiler (libbcc-compiler.so): one function, which
 * the run time looks up after dlopen(). No LLVM type crosses it.
 */
#ifndef COMMON_COMPILE_REQUEST_H
#define COMMON_COMPILE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BCC_COMPILER_ABI 6 /* to be raised with every change of these structs */

struct bcc_dependencies; /* common/dependency.h */
struct bcc_err;

/* What the process that a text is compiled for does during that: the process that compiles neither calls
 * bpf() or mount() nor writes files. */
struct bcc_compile_host {
	/* Whether a program may call function `id` of the kernel's BTF, bpf_rdonly_cast(), without a type
	 * (kernel 6.17). */
	bool (*takes_cast)(void *ctx, unsigned id);
	/* Unpacks the headers that the running kernel includes (kheaders.h) and sets `*folder` to their
	 * directory, which exists until the compilation ends. Returns a negative errno with a message. */
	int (*unpack_headers)(void *ctx, const char **folder, struct bcc_err *err);
	void *ctx;
};

struct bcc_compile_request {
	int abi;	  /* BCC_COMPILER_ABI */
	const char *text; /* NUL-terminated */
	const char *name; /* name used in diagnostics */
	const char *const *cflags;
	size_t cflags_count;
	unsigned debug;			     /* enum bcc_debug */
	int dialect;			     /* enum bcc_dialect; AUTO: what the text alone shows */
	bool portable;			     /* for other kernels too: struct bcc_open_opts */
	const char *kernel_source;	     /* NULL: BTF, with headers only where BTF is missing */
	int tracefs_fd;			     /* root of tracefs, -1: not mounted */
	const char *tracefs_why;	     /* why it is not mounted */
	int btf_fd;			     /* directory of the kernel's BTF; -1: the usual one */
	const struct bcc_compile_host *host; /* NULL: go without what it would do */
	bool compiler_is_known; /* the caller knows which file the compiler is, and depends on it */
	void (*log)(void *ctx, int level, const char *text); /* warnings and dumps; may be NULL */
	void *log_ctx;
	/* Told what the object depends on besides these fields, which are all part of its cache key
	 * (cache/key.c). */
	const struct bcc_dependencies *dependencies;
};

struct bcc_compile_result {
	void *elf; /* BPF ELF object: one section per function, BTF, .BTF.ext, .maps */
	size_t elf_size;
	char *error; /* on failure: the error message or the diagnostics */
	/* It was left in the middle, by a fatal error of LLVM: the stack that it ran on must never be used
	 * or unmapped, because LLVM has lists of what is on it (common/large_stack.h). */
	bool stack_is_lost;
};

/* Returns 0, or a negative errno with result->error set. */
typedef int (*bcc_compile_fn)(const struct bcc_compile_request *request, struct bcc_compile_result *result);
typedef void (*bcc_compile_free_fn)(struct bcc_compile_result *result);

#define BCC_COMPILE_SYMBOL "bcc_compile_1"
#define BCC_COMPILE_FREE_SYMBOL "bcc_compile_free_1"

#endif
