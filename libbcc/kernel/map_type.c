/* SPDX-License-Identifier: Apache-2.0 */
#include "map_type.h"

#include <bpf/libbpf.h>

#include "common/array.h"

#define ROW(NAME, NUMBER, WORDS, SHAPE, TRAITS) [NUMBER] = {BCC_SHAPE_##SHAPE, TRAITS},

static const struct bcc_map_type rows[] = {[0] = {BCC_SHAPE_KEYED, 0}, BCC_MAP_TYPES(ROW)};

struct bcc_map_type bcc_map_type(uint32_t number)
{
	return number < ARRAY_SIZE(rows) ? rows[number] : rows[0];
}

const char *bcc_map_type_known(uint32_t number)
{
	/* newer than the libbpf of the build may be */
	static const char *const newer[] = {[33] = "arena", [34] = "insn_array"};
	const char *name = libbpf_bpf_map_type_str(number);

	return name || number >= ARRAY_SIZE(newer) ? name : newer[number];
}
