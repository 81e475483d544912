/* SPDX-License-Identifier: Apache-2.0 */
/* The stacks that stacks.bpf.h keeps, by their numbers, and what is missing of them. */
#ifndef TOOLS_LIB_STACK_STORE_H
#define TOOLS_LIB_STACK_STORE_H

#include "stack_key.h"

struct bcc;

/* From now on, processes are looked at as soon as they are seen: bcc_consume() calls back. Returns 0, or a
 * negative errno; bcc_error() has the reason. */
int stack_store_open(struct bcc *b);

/* Reads the stacks that have been taken so far. Returns 0, or a negative errno; bcc_error() says why. */
int stack_store_read(struct bcc *b);

/* The stack with this number; NULL if it is unknown. It is valid until the next read. */
const struct stack_record *stack_store_find(int64_t number);

/* Says on stderr which stacks have become lost since the last call, and why. Returns how many. */
uint64_t stack_store_say_missed(struct bcc *b);

void stack_store_close(void);

#endif
