/* SPDX-License-Identifier: Apache-2.0 */
/* --cgroupmap and --mntnsmap: only what is in tables that the user has pinned, and changes while the tool runs. */
#ifndef TOOLS_LIB_CONTAINER_H
#define TOOLS_LIB_CONTAINER_H

struct tool;

/* Opens the tables that the options name and tells the text what they are like; ends the program, with the reason on stderr,
 * when there are none. */
void tool_open_containers(struct tool *t);

/* Hands them to the programs. The reason of a failure is in bcc_error(). */
int tool_set_containers(struct tool *t);

void tool_close_containers(struct tool *t);

#endif
