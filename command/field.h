/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers in a record, by what the library tells of its fields. Callers check that they are inside. */
#ifndef COMMAND_FIELD_H
#define COMMAND_FIELD_H

#include <stdint.h>

/* Up to 64 bits that begin `bit_offset` bits into the record, as an unsigned number. */
uint64_t field_bits(const void *data, uint64_t bit_offset, uint32_t bits);

/* The same number if its highest bit is the sign. */
int64_t field_signed(uint64_t number, uint32_t bits);

/* A float of 32 bits, or a double, whose bytes need not be aligned. */
double field_real(const void *data, uint64_t bit_offset, uint32_t bits);

#endif
