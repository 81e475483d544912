/* SPDX-License-Identifier: Apache-2.0 */
#include "map_type.h"

#include "common/array.h"

#define ROW(NAME, NUMBER, WORDS, SHAPE, TRAITS) [NUMBER] = {BCC_SHAPE_##SHAPE, TRAITS},

static const struct bcc_map_type rows[] = {[0] = {BCC_SHAPE_KEYED, 0}, BCC_MAP_TYPES(ROW)};

struct bcc_map_type bcc_map_type(uint32_t number)
{
	return number < ARRAY_SIZE(rows) ? rows[number] : rows[0];
}
