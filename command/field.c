/* SPDX-License-Identifier: Apache-2.0 */
#include "field.h"

#include <string.h>

uint64_t field_bits(const void *data, uint64_t bit_offset, uint32_t bits)
{
	const unsigned char *at = (const unsigned char *)data + bit_offset / 8;
	unsigned shift = bit_offset % 8;
	unsigned __int128 number = 0;

	for (unsigned i = 0; i < (shift + bits + 7) / 8; i++) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		number |= (unsigned __int128)at[i] << (8 * i);
#else
		number = number << 8 | at[i];
#endif
	}
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	number >>= shift;
#else
	number >>= (8 - (shift + bits) % 8) % 8;
#endif
	return bits < 64 ? (uint64_t)number & ((1ULL << bits) - 1) : (uint64_t)number;
}

int64_t field_signed(uint64_t number, uint32_t bits)
{
	return bits && bits < 64 ? (int64_t)(number << (64 - bits)) >> (64 - bits) : (int64_t)number;
}

double field_real(const void *data, uint64_t bit_offset, uint32_t bits)
{
	const char *at = (const char *)data + bit_offset / 8;
	double real;
	float single;

	if (bits == 32) {
		memcpy(&single, at, sizeof(single));
		return single;
	}
	memcpy(&real, at, sizeof(real));
	return real;
}
