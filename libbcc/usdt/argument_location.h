/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program needs to know to read a static probe's arguments at one of its locations: an entry of the
 * text's table "__usdt" (frontends/include/bcc/usdt.h has the same structs). The program gets the entry's
 * number as its attach cookie or, on kernels without cookies, from "__usdt_at" by the low bits of the
 * instruction's address.
 */
#ifndef LIBBCC_USDT_ARGUMENT_LOCATION_H
#define LIBBCC_USDT_ARGUMENT_LOCATION_H

#include "notes.h"

#define BCC_USDT_PLACES_TABLE "__usdt"
#define BCC_USDT_ADDRESSES_TABLE "__usdt_at"

struct bcc_usdt_argument_place {
	uint64_t constant;
	/* value = constant + pt_regs[base] + (pt_regs[index] narrowed << index_shift), then perhaps the
	 * memory there; narrowed: << up, >> down */
	int16_t base, index; /* -1: none */
	uint8_t is_known, is_memory;
	uint8_t bytes; /* bytes to read from there */
	uint8_t up, down, is_signed;
	uint8_t index_up, index_is_signed, index_shift;
	uint8_t unused[3];
};

struct bcc_usdt_place {
	uint32_t used;	 /* 0: free entry */
	uint32_t count;	 /* number of arguments */
	uint64_t cookie; /* of the program's own, for bpf_usdt_cookie() of libbpf's dialect */
	struct bcc_usdt_argument_place arguments[BCC_USDT_MAX_ARGUMENTS];
};

/* `fd`: the file, for symbols that arguments refer to. */
void bcc_usdt_place_set(
	struct bcc_usdt_place *place, const struct bcc_arch *arch, int fd, const struct bcc_usdt_note *note);

/* The number of `place` in the table behind `map_fd`, to which it is added if needed. Returns -ENOSPC if the
 * table is full. */
int bcc_usdt_place_number(int map_fd, const struct bcc_usdt_place *place);

/* For kernels without cookies: records that place `number` is at `address`. Returns -EBUSY if a different one
 * has the same low bits. */
int bcc_usdt_place_at(int map_fd, uint64_t address, uint32_t number);

#endif
