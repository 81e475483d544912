/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs of functions that the kernel calls, such as its tcp_congestion_ops: variables of the text in the
 * sections .struct_ops.link and .struct_ops, whose members are programs.
 */
#ifndef LIBBCC_OBJECT_STRUCT_OPS_H
#define LIBBCC_OBJECT_STRUCT_OPS_H

#include "build.h"

/* A member that is a program. */
struct bcc_struct_ops_function {
	struct bcc_program *program;
	uint32_t at; /* in the value, where its descriptor goes */
};

struct bcc_struct_ops {
	char *name; /* of the variable */
	char *type; /* of the kernel's struct */
	bool is_optional;
	char *refusal;	     /* why this kernel cannot have it, NULL: it can */
	uint32_t value_type; /* the kernel's bpf_struct_ops_TYPE, which has the struct in it */
	uint8_t *value;
	uint32_t bytes;
	struct bcc_struct_ops_function *functions;
	size_t function_count;
};

/* Reads them, and tells the programs which members they are. Nothing is created. One that is not as this
 * kernel has it is an error only when it is attached. */
int bcc_build_struct_ops(struct bcc_build *build);
void bcc_struct_ops_close(struct bcc_object *object);

#endif
