/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same as argument_location.h has, for programs that were compiled with libbpf's usdt.bpf.h: an entry of
 * its table "__bpf_usdt_specs", whose number is the attach cookie.
 */
#ifndef LIBBCC_USDT_LIBBPF_SPEC_H
#define LIBBCC_USDT_LIBBPF_SPEC_H

#include "argument_location.h"

#define BCC_USDT_SPECS_TABLE "__bpf_usdt_specs"

/* As programs read it. Versions of libbpf that know more kinds have them in bits that are 0 here. */
struct bcc_usdt_spec {
	struct {
		uint64_t value;
		uint32_t kind;
		int16_t in_registers; /* offset in struct pt_regs */
		uint8_t is_signed, shift;
	} arguments[BCC_USDT_MAX_ARGUMENTS];
	uint64_t cookie;
	int16_t count;
	uint16_t unused[3];
};

/* Returns 0, or the number of the first argument, counted from 1, that programs cannot read there. */
unsigned bcc_usdt_spec_set(struct bcc_usdt_spec *spec, const struct bcc_usdt_place *place);

/* The number of `spec` in the table behind `map_fd` with `entries` entries, to which it is added if needed.
 * Returns -ENOSPC if the table is full. */
int bcc_usdt_spec_number(int map_fd, uint32_t entries, const struct bcc_usdt_spec *spec);

#endif
