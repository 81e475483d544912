/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of debug information. For the process of dwarf_reader.c only. */
#ifndef TOOLS_LIB_DWARF_UNIT_H
#define TOOLS_LIB_DWARF_UNIT_H

#include <stdint.h>

#include "libdw.h"

/* The compilation unit of an address; NULL: there is none. `bias` receives what its addresses are less. */
Dwarf_Die *dwarf_unit_of(const struct libdw *dw, Dwfl_Module *module, uint64_t address, Dwarf_Addr *bias);

#endif
