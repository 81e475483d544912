/* SPDX-License-Identifier: Apache-2.0 */
/* Values of %S, and of argdist's types of structs: which struct an expression is, or points to. */
#ifndef TOOLS_LIB_EXPR_STRUCT_VALUE_H
#define TOOLS_LIB_EXPR_STRUCT_VALUE_H

#include "buffer.h"
#include "expr/spec.h"
#include "kernel_type.h"

enum { STRUCT_VALUE_MOST = 2048 }; /* bytes that are read */

/* The types of the function that is probed; the caller closes it. `name` is that of the probe's programs.
 * NULL: they are not known. */
struct kernel_function *struct_value_types(const struct probe *p, const char *name);

/* Has the value's memory read, and returns its type; 0 after it has set the error. */
uint32_t struct_value_set(const struct spec *s, const struct kernel_function *types, struct spec_value *v,
	struct probe_error *error);

/* Adds all members, in one line. `value` is a field of a program that has memory, of so many bytes; `name`
 * is that of the probe's programs. */
void struct_value_add(struct buffer *to, struct kernel_function *types, uint32_t type, const char *name,
	const char *value, uint32_t bytes);

#endif
