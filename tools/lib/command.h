/* SPDX-License-Identifier: Apache-2.0 */
/* The command after "--": started when the programs are attached, followed through its children. */
#ifndef TOOLS_LIB_COMMAND_H
#define TOOLS_LIB_COMMAND_H

#include <stdbool.h>

struct bcc;

/* Makes its process, which waits, and attaches what follows it. Returns 0, or a negative errno after it has
 * said why. Nothing is done if there is no command. */
int command_prepare(struct bcc *b);

/* Lets it run. */
void command_start(void);

/* Whether it has ended. */
bool command_has_ended(void);

/* Whether it has ended because it could not be started; its process has said why. */
bool command_has_failed(void);

/* Ends it if it has not ended yet. */
void command_end(void);

#endif
