/* SPDX-License-Identifier: Apache-2.0 */
/* --cgroupmap and --mntnsmap: only what is in tables that the user has pinned and may change while the tool
 * runs. */
#ifndef TOOLS_LIB_PINNED_SET_H
#define TOOLS_LIB_PINNED_SET_H

struct bcc;

/* Opens the tables that the options name and describes them to the text; ends the program, with the reason on
 * stderr, if that fails. */
void pinned_set_open(void);

/* Passes them to the programs. On failure, bcc_error() has the reason. */
int pinned_set_pass(struct bcc *b);

void pinned_set_close(void);

#endif
