/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILER_COMMAND_H
#define COMPILER_COMMAND_H

/* bcc-compile on a command line. Returns the exit status: 0; 1 if the text does not compile or a file cannot
 * be used; 2 for wrong usage. */
int bcc_command(int argc, char **argv);

#endif
