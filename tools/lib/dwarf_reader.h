/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads debug information for a tool. */
#ifndef TOOLS_LIB_DWARF_READER_H
#define TOOLS_LIB_DWARF_READER_H

/* Answers requests of the socket until its other end is closed. */
void dwarf_reader_run(int socket) __attribute__((noreturn));

#endif
