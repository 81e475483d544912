/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a function by their names: as the user declares them, or as the kernel's BTF or a
 * program's debug information does. */
#ifndef TOOLS_LIB_EXPR_SIGNATURE_H
#define TOOLS_LIB_EXPR_SIGNATURE_H

#include <stdint.h>

#include "buffer.h"
#include "expr/token.h"

struct parameter {
	const char *name; /* in `declaration` or the reader's text; NULL: it has none */
	size_t name_length;
	const char *from, *end; /* its declaration */
	char *owned;		/* the same if it is not the user's; NULL: it is */
	unsigned number;	/* "argN" is the same; 0: none */
	bool is_user;		/* it is declared __user */
	const char *why_not;	/* why its value cannot be read; NULL: it can */
};

struct enumerator {
	char *name;
	int64_t value;
};

struct signature {
	struct parameter *parameters;
	size_t count;
	struct enumerator *enumerators; /* of all types that are reached, of a program's function */
	size_t enumerator_count;
	unsigned numbers;	/* of arguments in registers and on the stack */
	const char *why_unsure; /* why nobody knows where the next argument is; NULL: it is known */
};

/* Takes "(int fd, char *buf)". Fails through the reader. */
void signature_read(struct token_reader *r, struct signature *s);

/* The arguments of a function of the kernel or of its modules. Without BTF or for a function that it does not
 * have, there are none. */
void signature_of_kernel(const char *function, struct signature *s);

/* The arguments of a system call, "openat"; none if it is not known. */
void signature_of_syscall(const char *call, struct signature *s);

/* The arguments of a function of a program or library, of its debug information; without it, there are none.
 * Adds the structs that their types are made of, whose names begin with `prefix`, to `declarations`. */
void signature_of_program(const char *path, const char *function, const char *prefix, struct signature *s,
	struct buffer *declarations);

/* The same of a static probe: the variables that its arguments are. `address` and `arguments` are its note's,
 * as struct bcc_usdt_info has them. */
void signature_of_static_probe(const char *path, uint64_t address, const char *arguments, const char *prefix,
	struct signature *s, struct buffer *declarations);

/* Leaves out the parameters that have another number in `other`, or none. */
void signature_keep_common(struct signature *s, const struct signature *other);

void signature_free(struct signature *s);

/* Returns the number of the parameter of this name, from 0 on; -1: there is none. */
int signature_find(const struct signature *s, const struct token *name);

/* Whether it is the name of one; sets its value. */
bool signature_enumerator(const struct signature *s, const struct token *name, int64_t *value);

/* Whether its type has the name of a struct or union. */
bool signature_has_members(const struct parameter *p);

/* What a program's debug information declares as the argument that the user declares so: types such as
 * "struct item *" are the program's, of which nobody else knows the members. It gets the user's name.
 * `prefix`: of the names of structs. NULL: there is none, or it is of another type. */
const struct parameter *signature_same(
	struct signature *s, const struct parameter *declared, const char *prefix);

/* Writes a declaration of PREFIXname; its pointers point into the process's memory, if `is_user`. */
void signature_write(struct buffer *to, const struct parameter *p, const char *prefix, bool is_user);

/* Writes a type in the same way. */
void signature_write_type(struct buffer *to, const char *from, const char *end, bool is_user);

#endif
