/* SPDX-License-Identifier: Apache-2.0 */
/* Where an architecture's calling convention puts the arguments of a traced function. */
#ifndef REWRITER_ARCH_H
#define REWRITER_ARCH_H

#include "rewriter.h"

/* Offset in struct pt_regs of the traced function's argument `index`, which must be <
 * bcc_arch_argument_count(arch). */
unsigned bcc_arch_argument_offset(enum bcc_arch arch, unsigned index);
/* The same for the registers with which user space made a system call. */
unsigned bcc_arch_system_call_offset(enum bcc_arch arch, unsigned index);

#endif
