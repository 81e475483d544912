/* SPDX-License-Identifier: Apache-2.0 */
/* A function's arguments and their types, of debug information, as BTF; also the variables that a static
 * probe has as its arguments. For dwarf_reader.c only. */
#ifndef TOOLS_LIB_DWARF_SIGNATURE_H
#define TOOLS_LIB_DWARF_SIGNATURE_H

#include "dwarf_wire.h"
#include "libdw.h"

/*
 * `texts` are `size` bytes: the file, the function as its symbol table calls it, and what the names of
 * structs begin with, each with its NUL. The answer is BTF, whose last type is the function; or empty.
 *
 * Instead of the function it may be "@", the address of a static probe as the file has it in hexadecimal,
 * and behind a blank the arguments as the probe's note has them. Then names are "NUMBER NAME": in that
 * argument is the variable. Several can be the same, and not all have one.
 */
void dwarf_signature_find(
	const struct libdw *dw, const char *texts, uint32_t size, struct dwarf_answer *answer);

#endif
