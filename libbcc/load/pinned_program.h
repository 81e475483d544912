/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_LOAD_PINNED_PROGRAM_H
#define LIBBCC_LOAD_PINNED_PROGRAM_H

struct bcc;

/* Closes the programs that bcc_open_program() has opened. */
void bcc_opened_programs_close(struct bcc *b);

#endif
