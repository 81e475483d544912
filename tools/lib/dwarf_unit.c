/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf_unit.h"

Dwarf_Die *dwarf_unit_of(const struct libdw *dw, Dwfl_Module *module, uint64_t address, Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dw->dwfl_module_addrdie(module, address, bias);

	if (unit)
		return unit;
	/* some compilers write no table of their addresses */
	while ((unit = dw->dwfl_module_nextcu(module, unit, bias)))
		if (dw->dwarf_haspc(unit, address - *bias) == 1)
			return unit;
	return NULL;
}
