/* SPDX-License-Identifier: Apache-2.0 */
/* Adapts an object's instructions to the running kernel's types: core.h. */
#ifndef LIBBCC_OBJECT_CORE_RELOCATE_H
#define LIBBCC_OBJECT_CORE_RELOCATE_H

#include "libbcc/object/build.h"

/* Looks up in the kernel's BTF what the object's relocations are about; does nothing if it has none. */
int bcc_core_open(struct bcc_build *build);
void bcc_core_close(struct bcc_build *build);

/* Adapts the instructions of a function of program `p`, which begins at `at` of `insns`. One that needs what
 * this kernel does not have becomes a call that the verifier refuses, unless it is never reached: texts ask
 * with bpf_core_field_exists(). Such instructions are listed in `p`. */
int bcc_core_relocate(struct bcc_build *build, struct bcc_program *p, const struct bcc_function *function,
	struct bpf_insn *insns, uint32_t at);

#endif
