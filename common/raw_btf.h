/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel's raw BTF: about 5 MB, of which a text needs one hundredth. libbpf would copy and index
 * all of it. */
#ifndef COMMON_RAW_BTF_H
#define COMMON_RAW_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/btf.h>

#include "btf_layout.h"

/* Only every Nth type's position is stored, and others are found from there: all positions would take half a
 * megabyte. */
#define BCC_BTF_STRIDE 8

#define BCC_BTF_NAMED_KINDS                                                                                  \
	(1u << BTF_KIND_STRUCT | 1u << BTF_KIND_UNION | 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64 |        \
		1u << BTF_KIND_TYPEDEF)

struct bcc_btf_place {
	uint32_t id, place;
};

struct bcc_btf_bytes {
	void *data; /* NULL: no BTF */
	size_t size;
	bool mapped;	       /* the kernel's own pages, or memory of this process */
	struct btf *of_libbpf; /* or its raw data */
	const char *types, *strings;
	uint32_t type_size, string_size;
	uint32_t *places;    /* positions in `types` of types 1, 1 + BCC_BTF_STRIDE, … */
	uint32_t type_count; /* including type 0, void */
	/* of BCC_BTF_NAMED_KINDS: one type in seven */
	struct bcc_btf_place *named;
	uint32_t named_count;
};

/* Opens the BTF in `folder`, a descriptor of /sys/kernel/btf (-1: none), or at the other places that libbpf
 * knows. Returns a negative errno if the kernel has no BTF, or none in a known format. Call
 * bcc_btf_bytes_close() in either case. */
int bcc_btf_bytes_open(struct bcc_btf_bytes *bytes, int folder);
/* The same for BTF in malloc'ed memory, which this call takes ownership of. */
int bcc_btf_bytes_of(struct bcc_btf_bytes *bytes, void *data, size_t size);
void bcc_btf_bytes_close(struct bcc_btf_bytes *bytes);

/* The type after this one, if there is one. */
static inline const struct btf_type *bcc_btf_next_type(const struct btf_type *t)
{
	return (const struct btf_type *)((const char *)t + bcc_btf_type_size(t));
}

/* 0 < id < type_count */
static inline const struct btf_type *bcc_btf_type_at(const struct bcc_btf_bytes *bytes, uint32_t id)
{
	uint32_t place = bytes->places[(id - 1) / BCC_BTF_STRIDE];
	const struct btf_type *t = (const struct btf_type *)(bytes->types + place);

	for (uint32_t i = (id - 1) % BCC_BTF_STRIDE; i; i--)
		t = bcc_btf_next_type(t);
	return t;
}

/* The type without const, volatile, typedefs and tags; NULL: there is none, as for void. */
static inline const struct btf_type *bcc_btf_bare_type(const struct bcc_btf_bytes *bytes, uint32_t id)
{
	/* more than any chain of these has */
	for (int i = 0; i < 32 && id && id < bytes->type_count; i++) {
		const struct btf_type *t = bcc_btf_type_at(bytes, id);

		if (!btf_is_mod(t) && !btf_is_typedef(t) && !btf_is_type_tag(t))
			return t;
		id = t->type;
	}
	return NULL;
}

/* The offset of `name` in the strings, 0 if it is not there. */
uint32_t bcc_btf_find_string(const struct bcc_btf_bytes *bytes, const char *name);
/* The id of the last type of this kind and name, 0 if there is none. */
uint32_t bcc_btf_find_type(const struct bcc_btf_bytes *bytes, const char *name, unsigned kind);

#endif
