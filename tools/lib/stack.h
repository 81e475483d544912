/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks of the kernel that events carry, as text. */
#ifndef TOOLS_LIB_STACK_H
#define TOOLS_LIB_STACK_H

#include "column.h"
#include "stack_frames.h"

/* A getter's value: a list of "function+0x1f", innermost first; of addresses, where the kernel hides them. It
 * is valid until the next call. */
void stack_value(struct value *value, const uint64_t *addresses, unsigned count);

void stack_close(void);

#endif
