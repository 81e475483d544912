/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf_inlined.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf_unit.h"

enum { ORIGINS = 16 /* from an inlined function to its declaration; more is a circle */ };

/* The function as it is declared, inside of its namespaces and classes. */
static void dwarf_inlined_declaration(const struct libdw *dw, const Dwarf_Die *die, Dwarf_Die *declaration)
{
	Dwarf_Attribute origin;

	*declaration = *die;
	for (int i = 0; i < ORIGINS; i++)
		if ((!dw->dwarf_attr(declaration, DW_AT_abstract_origin, &origin) &&
			    !dw->dwarf_attr(declaration, DW_AT_specification, &origin)) ||
			!dw->dwarf_formref_die(&origin, declaration))
			break;
}

static const char *dwarf_inlined_name_of(const struct libdw *dw, Dwarf_Die *die)
{
	Dwarf_Attribute name;

	return dw->dwarf_attr_integrate(die, DW_AT_name, &name) ? dw->dwarf_formstring(&name) : NULL;
}

static bool dwarf_inlined_is_qualifier(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_union_type;
}

/* Adds "name::name::" of what the function is declared in. */
static void dwarf_inlined_qualify(const struct libdw *dw, Dwarf_Die *die, FILE *out)
{
	Dwarf_Die declaration, *scopes = NULL;
	int count;

	dwarf_inlined_declaration(dw, die, &declaration);
	if (!declaration.addr)
		return;
	count = dw->dwarf_getscopes_die(&declaration, &scopes);
	for (int i = count - 1; i > 0; i--) {
		const char *name;

		if (!dwarf_inlined_is_qualifier(dw->dwarf_tag(&scopes[i])))
			continue;
		name = dwarf_inlined_name_of(dw, &scopes[i]);
		fprintf(out, "%s::", name ? name : "(anonymous)");
	}
	if (count > 0)
		free(scopes);
}

/* Nothing is added if there is no room for all of the name. */
static void dwarf_inlined_add(const struct libdw *dw, Dwarf_Die *die, struct dwarf_answer *answer)
{
	size_t room = sizeof(answer->bytes) - answer->size, size;
	const char *name = dwarf_inlined_name_of(dw, die);
	FILE *out = room > 1 ? fmemopen(answer->bytes + answer->size, room, "w") : NULL;
	bool fits;

	if (!out)
		return;
	setvbuf(out, NULL, _IONBF, 0);
	dwarf_inlined_qualify(dw, die, out);
	fprintf(out, "%s", name ? name : "[unknown]");
	size = ftell(out);
	fits = !ferror(out) && size < room;
	fclose(out);
	if (!fits)
		return;
	answer->bytes[answer->size + size] = '\0';
	answer->size += size + 1;
	answer->count++;
}

void dwarf_inlined_find(
	const struct libdw *dw, struct dwarf_process *p, uint64_t address, struct dwarf_answer *answer)
{
	Dwfl_Module *module = dwarf_process_module(dw, p, address);
	Dwarf_Die *unit, *scopes = NULL, innermost;
	Dwarf_Addr bias = 0;
	int count;

	unit = module ? dwarf_unit_of(dw, module, address, &bias) : NULL;
	count = unit ? dw->dwarf_getscopes(unit, address - bias, &scopes) : 0;
	if (count <= 0)
		return;
	/* these lead to where the innermost function is declared; further on, to where it is inlined */
	innermost = scopes[0];
	free(scopes);
	scopes = NULL;
	count = dw->dwarf_getscopes_die(&innermost, &scopes);
	for (int i = 0; i < count; i++) {
		int tag = dw->dwarf_tag(&scopes[i]);

		if (tag == DW_TAG_subprogram)
			break;
		if (tag == DW_TAG_inlined_subroutine)
			dwarf_inlined_add(dw, &scopes[i], answer);
	}
	if (count > 0)
		free(scopes);
}
