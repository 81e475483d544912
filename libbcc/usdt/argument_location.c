/* SPDX-License-Identifier: Apache-2.0 */
#include "argument_location.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#define MAX_PLACES 1024 /* entries of table __usdt */
#define PAGE_MASK 0xfffU

static bool symbol_value(const struct bcc_usdt_operand *o, int fd, const struct bcc_usdt_note *note,
	const struct bcc_arch *arch, struct bcc_usdt_argument_place *out)
{
	uint64_t address;

	if (bcc_usdt_symbol_address(fd, o->symbol, o->symbol_length, &address))
		return false;
	address += (uint64_t)o->displacement;
	if (o->symbol_low_bits) {
		/* files are mapped in whole pages */
		out->constant = address & PAGE_MASK;
		return true;
	}
	out->constant = address;
	if (o->symbol_is_absolute)
		return true;
	/* the symbol moves together with the code */
	out->constant -= note->address;
	out->base = (int16_t)bcc_arch_instruction_pointer_offset(arch);
	return true;
}

static unsigned log2_of(unsigned value)
{
	return (unsigned)__builtin_ctz(value);
}

static bool set_argument(const struct bcc_usdt_operand *o, int fd, const struct bcc_usdt_note *note,
	const struct bcc_arch *arch, struct bcc_usdt_argument_place *out)
{
	unsigned bytes = o->size, first = 0;

	if (o->form == BCC_USDT_UNKNOWN)
		return false;
	out->base = o->has_base ? (int16_t)o->base.pt_regs : -1;
	out->index = o->has_index ? (int16_t)o->index.pt_regs : -1;
	out->constant = (uint64_t)o->displacement;
	if (o->symbol && !symbol_value(o, fd, note, arch, out))
		return false;
	if (o->form == BCC_USDT_REGISTER) {
		first = o->base.first_byte;
		bytes = o->base.bytes < bytes ? o->base.bytes : bytes;
	}
	if (o->has_index) {
		out->index_up = (uint8_t)(64 - 8 * o->index.bytes);
		out->index_is_signed = o->index_is_signed;
		out->index_shift = (uint8_t)log2_of(o->scale);
	}
	out->is_memory = o->form == BCC_USDT_MEMORY;
	out->bytes = (uint8_t)bytes;
	out->up = (uint8_t)(64 - 8 * (first + bytes));
	out->down = (uint8_t)(64 - 8 * bytes);
	out->is_signed = o->is_signed;
	out->is_known = 1;
	return true;
}

void bcc_usdt_place_set(
	struct bcc_usdt_place *place, const struct bcc_arch *arch, int fd, const struct bcc_usdt_note *note)
{
	const char *text = note->arguments;
	struct bcc_usdt_operand operand;

	memset(place, 0, sizeof(*place));
	place->used = 1;
	while (place->count < BCC_USDT_MAX_ARGUMENTS && bcc_usdt_operand_next(arch, &text, &operand)) {
		struct bcc_usdt_argument_place *argument = &place->arguments[place->count++];

		if (!set_argument(&operand, fd, note, arch, argument))
			memset(argument, 0, sizeof(*argument));
	}
}

/* Entry 0 is never used: it is what programs get that were attached in another way. */
int bcc_usdt_place_number(int map_fd, const struct bcc_usdt_place *place)
{
	struct bcc_usdt_place other;

	for (uint32_t number = 1; number < MAX_PLACES; number++) {
		if (bpf_map_lookup_elem(map_fd, &number, &other))
			return -errno;
		if (other.used && memcmp(&other, place, sizeof(other)) != 0)
			continue;
		if (!other.used && bpf_map_update_elem(map_fd, &number, place, 0))
			return -errno;
		return (int)number;
	}
	return -ENOSPC;
}

int bcc_usdt_place_at(int map_fd, uint64_t address, uint32_t number)
{
	uint32_t key = (uint32_t)address & PAGE_MASK, known = 0;

	if (bpf_map_lookup_elem(map_fd, &key, &known))
		return -errno;
	if (known && known != number)
		return -EBUSY;
	return !known && bpf_map_update_elem(map_fd, &key, &number, 0) ? -errno : 0;
}
