/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that need what this kernel does not have. A program with one can be loaded if it is never
 * reached: texts ask before. Otherwise the verifier names it, and load/verifier_log.c what is missing. */
#ifndef LIBBCC_OBJECT_MISSING_H
#define LIBBCC_OBJECT_MISSING_H

#include "libbcc/handle.h"

/* Numbers of helpers that no kernel has. */
enum {
	/* a field, type or enumerator: chosen by libbpf, and known by it to those who meet it in a log */
	BCC_MISSING_TYPE = 195896080,
	BCC_MISSING_EXTERN = 195896082, /* a function or variable */
	BCC_MISSING_SYMBOL = 195896083, /* its address */
};

/* Makes instruction `at` of `insns`, which are the program's, a call of helper `number`. `name`, malloc'ed,
 * is what is missing; NULL: there was no memory for it. */
void bcc_program_forbid(struct bcc_program *p, struct bpf_insn *insns, uint32_t at, int number, char *name);

#endif
