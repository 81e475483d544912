/* SPDX-License-Identifier: Apache-2.0 */
/* What the library knows about each of the kernel's map types. */
#ifndef LIBBCC_KERNEL_MAP_TYPE_H
#define LIBBCC_KERNEL_MAP_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bcc/map_types.h>

struct bcc_map_type {
	enum bcc_map_shape shape;
	unsigned traits; /* enum bcc_map_traits */
};

/* The row for an enum bpf_map_type; a type that is not in the list has keys and nothing special. */
struct bcc_map_type bcc_map_type(uint32_t number);

/* As bpftool calls it, "lru_hash"; NULL: it is newer than this library. */
const char *bcc_map_type_known(uint32_t number);

/* The same for messages. */
static inline const char *bcc_map_type_name(uint32_t number)
{
	const char *name = bcc_map_type_known(number);

	return name ? name : "unknown";
}

static inline bool bcc_map_has(uint32_t number, unsigned traits)
{
	return bcc_map_type(number).traits & traits;
}

#endif
