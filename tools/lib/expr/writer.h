/* SPDX-License-Identifier: Apache-2.0 */
/* Writes expressions in BPF C: what names mean at a probe, and how texts are read. */
#ifndef TOOLS_LIB_EXPR_WRITER_H
#define TOOLS_LIB_EXPR_WRITER_H

#include <stdint.h>

#include "buffer.h"
#include "expr/spec.h"

/* How names of parameters begin in the text, where they meet those of everything else. */
#define WRITER_PARAMETER "expr_in_"

/* How names of a program's structs begin, of the name of the programs: they are not the kernel's. */
#define WRITER_PREFIX "%s_"

struct writer {
	const struct spec *spec;
	struct token_reader *r; /* for errors */
	const struct signature *signature;
	struct signature known; /* of the kernel or of a program, if the user gave none */
	bool was_asked;
	char prefix[64];	    /* of names of structs of a program */
	struct buffer declarations; /* of these structs */
	bool compares_binary;
	bool is_syscall;
	/* what expressions use */
	uint32_t arguments; /* bit n: argn */
	unsigned most_argument;
	uint64_t parameters; /* bit n: that of the signature */
	bool needs_call;     /* of a return: what was known at the entry */
};

void writer_open(struct writer *w, const struct spec *s, const char *name, struct token_reader *r,
	bool compares_binary);

void writer_close(struct writer *w);

/* The file of a function of a program or library, as the probe finds it; the caller frees it. NULL: there is
 * none. */
char *writer_program(const struct probe *p);

/* How parameter i of the signature is declared: of a program's function, as its debug information has it. */
const struct parameter *writer_declared(struct writer *w, size_t i);

/* Has messages of the compiler say where in the user's text it is what comes next. */
void writer_mark(const struct writer *w, const char *at, struct buffer *to);

/* Adds an expression, in parentheses. Fails through the reader. */
void writer_expression(struct writer *w, const struct tree *t, struct buffer *to);

/* Whether a pointer points into the process's memory for certain. */
bool writer_is_user(struct writer *w, const struct tree *t);

/* Whether the probe is in a process, whose pointers are then. */
bool writer_is_in_process(const struct writer *w);

/* The same for where a text is: a pointer. In tracepoints, those of variable length are where
 * args->data_loc_NAME says. */
void writer_pointer(struct writer *w, const struct tree *t, struct buffer *to);

#endif
