/* SPDX-License-Identifier: Apache-2.0 */
/* DWARF's numbers of registers. */
#ifndef TOOLS_LIB_DWARF_REGISTER_H
#define TOOLS_LIB_DWARF_REGISTER_H

/* By number, where in struct pt_regs a register is, counted in words: those of general use, and on x86-64, as
 * the last, the instruction pointer in the place of the return address. */
#if defined(__x86_64__)
enum { DWARF_GENERAL_REGISTERS = 16 };
static const unsigned char dwarf_register_places[] = {
	10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16};
#elif defined(__aarch64__)
enum { DWARF_GENERAL_REGISTERS = 32 };
static const unsigned char dwarf_register_places[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
#else
enum { DWARF_GENERAL_REGISTERS = 0 };
static const unsigned char dwarf_register_places[1];
#endif

#endif
