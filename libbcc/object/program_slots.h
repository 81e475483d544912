/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of programs with initial entries, `.values = {[0] = (void *)&program}`. */
#ifndef LIBBCC_OBJECT_PROGRAM_SLOTS_H
#define LIBBCC_OBJECT_PROGRAM_SLOTS_H

#include "build.h"

/* Notes that `program` belongs into the table. */
int bcc_program_slot_add(
	struct bcc_build *build, struct bcc_table *table, uint32_t slot, struct bcc_program *program);

/* Loads the programs that the tables of the text should have, and enters them: before any program that may
 * call them runs. Does nothing the second time. */
int bcc_program_slots_fill(struct bcc *b);

#endif
