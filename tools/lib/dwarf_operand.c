/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf_operand.h"

#include <stdlib.h>

#include "dwarf_register.h"

/* A register of DWARF's numbers, or the memory where it points to. */
struct location {
	bool is_memory;
	unsigned number;
	int64_t displacement;
};

/* From the register's place in struct pt_regs; -1: it has no number. */
static int dwarf_operand_number(const struct bcc_register_part *part)
{
	for (int i = 0; i < DWARF_GENERAL_REGISTERS; i++)
		if (dwarf_register_places[i] == part->pt_regs / sizeof(uint64_t))
			return i;
	return -1;
}

static bool dwarf_operand_place(const struct bcc_usdt_operand *o, struct location *l)
{
	int number = dwarf_operand_number(&o->base);

	if (!o->has_base || o->has_index || o->symbol || number < 0 || o->base.first_byte ||
		(o->form != BCC_USDT_REGISTER && o->form != BCC_USDT_MEMORY))
		return false;
	l->is_memory = o->form == BCC_USDT_MEMORY;
	l->number = (unsigned)number;
	l->displacement = o->displacement;
	return true;
}

/* An expression of one register, whole or as an address. */
static bool dwarf_operand_simple(const Dwarf_Op *ops, size_t count, struct location *l)
{
	if (count != 1)
		return false;
	*l = (struct location){0};
	if (ops->atom >= DW_OP_reg0 && ops->atom <= DW_OP_reg31) {
		l->number = ops->atom - DW_OP_reg0;
	} else if (ops->atom == DW_OP_regx) {
		l->number = (unsigned)ops->number;
	} else if (ops->atom >= DW_OP_breg0 && ops->atom <= DW_OP_breg31) {
		l->is_memory = true;
		l->number = ops->atom - DW_OP_breg0;
		l->displacement = (int64_t)ops->number;
	} else if (ops->atom == DW_OP_bregx) {
		l->is_memory = true;
		l->number = (unsigned)ops->number;
		l->displacement = (int64_t)ops->number2;
	} else {
		return false;
	}
	return true;
}

/* The address that the function's caller had its stack at. */
static bool dwarf_operand_frame_address(const struct dwarf_operand_place *p, struct location *l)
{
	Dwarf_Addr bias = 0;
	Dwarf_CFI *cfi = p->dw->dwfl_module_eh_cfi(p->module, &bias);
	Dwarf_Frame *frame = NULL;
	Dwarf_Op *ops;
	size_t count;
	bool found;

	if (!cfi || p->dw->dwarf_cfi_addrframe(cfi, p->address - bias, &frame))
		return false;
	found = !p->dw->dwarf_frame_cfa(frame, &ops, &count) && dwarf_operand_simple(ops, count, l);
	free(frame);
	return found;
}

static bool dwarf_operand_location(
	const struct dwarf_operand_place *p, Dwarf_Die *die, unsigned name, Dwarf_Op **ops, size_t *count)
{
	Dwarf_Attribute attribute;

	return p->dw->dwarf_attr_integrate(die, name, &attribute) &&
	       p->dw->dwarf_getlocation_addr(&attribute, p->address - p->bias, ops, count, 1) == 1 && *count;
}

/* What variables on the stack are relative to. */
static bool dwarf_operand_frame_base(const struct dwarf_operand_place *p, struct location *l)
{
	Dwarf_Op *ops;
	size_t count;

	if (!p->function || !dwarf_operand_location(p, p->function, DW_AT_frame_base, &ops, &count))
		return false;
	if (count == 1 && ops->atom == DW_OP_call_frame_cfa)
		return dwarf_operand_frame_address(p, l);
	return dwarf_operand_simple(ops, count, l);
}

bool dwarf_operand_is(const struct dwarf_operand_place *p, const struct bcc_usdt_operand *operand,
	Dwarf_Die *variable, uint64_t size)
{
	struct location wanted, is;
	Dwarf_Op *ops;
	size_t count;

	if (!dwarf_operand_place(operand, &wanted) ||
		!dwarf_operand_location(p, variable, DW_AT_location, &ops, &count))
		return false;
	if (count == 1 && ops->atom == DW_OP_fbreg) {
		int64_t displacement = (int64_t)ops->number;

		if (!dwarf_operand_frame_base(p, &is))
			return false;
		is.is_memory = true;
		is.displacement += displacement;
	} else if (!dwarf_operand_simple(ops, count, &is)) {
		return false;
	}
	/* the first member of a structure is where that is, too */
	return is.is_memory == wanted.is_memory && is.number == wanted.number &&
	       is.displacement == wanted.displacement && (!is.is_memory || size == operand->size);
}
