/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program needs to know of a place to read the arguments there: an entry of the text's table
 * "__usdt" (frontends/include/bcc/usdt.h has the same structs), whose number the program gets as its attach cookie, or
 * on kernels without cookies by the low bits of the instruction's address, from "__usdt_at".
 */
#ifndef LIBBCC_USDT_ARGUMENT_LOCATION_H
#define LIBBCC_USDT_ARGUMENT_LOCATION_H

#include "notes.h"

#define BCC_USDT_PLACES_TABLE "__usdt"
#define BCC_USDT_ADDRESSES_TABLE "__usdt_at"

struct bcc_usdt_argument_place {
	uint64_t constant;
	/* value = constant + pt_regs[base] + (pt_regs[index] narrowed << index_shift), and then what is in memory there;
	 * narrowed: << up, >> down */
	int16_t base, index; /* -1: none */
	uint8_t is_known, is_memory;
	uint8_t bytes; /* to read */
	uint8_t up, down, is_signed;
	uint8_t index_up, index_is_signed, index_shift;
	uint8_t unused[3];
};

struct bcc_usdt_place {
	uint32_t used;	/* 0: this entry is free */
	uint32_t count; /* of arguments */
	struct bcc_usdt_argument_place arguments[BCC_USDT_MAX_ARGUMENTS];
};

/* `fd`: of the file, for symbols that arguments name. */
void bcc_usdt_place_set(
	struct bcc_usdt_place *place, enum bcc_usdt_arch arch, int fd, const struct bcc_usdt_note *note);

/* The number of `place` in the table behind `map_fd`, where it is put if it is not there. -ENOSPC the table is full. */
int bcc_usdt_place_number(int map_fd, const struct bcc_usdt_place *place);

/* For kernels without cookies: what runs at `address` is place `number`. -EBUSY a different one has the same low bits. */
int bcc_usdt_place_at(int map_fd, uint64_t address, uint32_t number);

#endif
