/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the kernel as its BTF describes them, or others of whose types there is BTF, and their values
 * in the way of C. */
#ifndef TOOLS_LIB_KERNEL_TYPE_H
#define TOOLS_LIB_KERNEL_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

struct btf;
struct kernel_function;

/* A function of the kernel or of one of its modules; NULL: BTF does not have it. */
struct kernel_function *kernel_function_open(const char *name);
/* A function whose types somebody else knows: the last type is the function. Takes the types over. NULL: they
 * are none. */
struct kernel_function *kernel_function_of(struct btf *types);

void kernel_function_close(struct kernel_function *f);

/* Its arguments from 0 on, in their order; their names are "" if BTF does not say them. */
size_t kernel_function_count(const struct kernel_function *f);
const char *kernel_function_name(const struct kernel_function *f, size_t argument);

/* Types are numbers; 0 is void. */
uint32_t kernel_function_argument(const struct kernel_function *f, size_t argument);
uint32_t kernel_function_result(const struct kernel_function *f);

/* "int NAME(struct file *file, …);" */
void kernel_function_declare(struct kernel_function *f, const char *name, struct buffer *to);

/* Whether it is a pointer, and to what: without const and volatile. */
bool kernel_type_is_pointer(const struct kernel_function *f, uint32_t type, uint32_t *to);
bool kernel_type_is_struct(const struct kernel_function *f, uint32_t type); /* or union */

bool kernel_type_is_array(const struct kernel_function *f, uint32_t type);
uint32_t kernel_type_element(const struct kernel_function *f, uint32_t type); /* of an array */

/* The type of this name, a struct, union or typedef; 0: there is none. */
uint32_t kernel_type_named(const struct kernel_function *f, const char *name);
bool kernel_type_is_char(const struct kernel_function *f, uint32_t type); /* and not a number of 8 bits */

/* The type of a struct's member, which may be in one without a name. Returns false if there is none. */
bool kernel_type_member(
	const struct kernel_function *f, uint32_t type, const char *name, size_t length, uint32_t *member);

bool kernel_type_is_signed(const struct kernel_function *f, uint32_t type); /* of integers */

/* Bytes; 0: of void, functions, and structs that are only declared. */
size_t kernel_type_size(const struct kernel_function *f, uint32_t type);

/* Adds a value that begins at `data`, of which there are `size` bytes: "(struct path){" and its members in
 * lines of their own, after `indent` blanks; or in one line if that is negative. Members that are zero are
 * left out. */
void kernel_type_print(struct kernel_function *f, uint32_t type, const void *data, size_t size, int indent,
	struct buffer *to);

/* Adds the type's name, "struct path". */
void kernel_type_name(struct kernel_function *f, uint32_t type, struct buffer *to);

#endif
