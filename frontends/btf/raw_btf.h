/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel's BTF as it is: some 5 MB, of which a text needs the hundredth part. */
#ifndef FRONTENDS_BTF_RAW_BTF_H
#define FRONTENDS_BTF_RAW_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/btf.h>

#include "layout.h"

/* From where each so many-th type is, the others are found: where all are would be half a megabyte to write. */
#define BCC_BTF_STRIDE 8

struct bcc_btf_place {
	uint32_t id, place;
};

struct bcc_btf_bytes {
	void *data; /* NULL: there is none */
	size_t size;
	bool mapped;	       /* the kernel's own pages, or memory of this process */
	struct btf *of_libbpf; /* or its raw data */
	const char *types, *strings;
	uint32_t type_size, string_size;
	uint32_t *places;    /* of types 1, 1 + BCC_BTF_STRIDE, …: where they are in `types` */
	uint32_t type_count; /* with the type 0, which is void */
	/* structs, unions, enums and typedefs: the seventh part */
	struct bcc_btf_place *named;
	uint32_t named_count;
};

/* Negative errno when the kernel has no BTF, or none that is understood. bcc_btf_bytes_close() in any case. */
int bcc_btf_bytes_open(struct bcc_btf_bytes *bytes);
/* The same of BTF in memory, which must be malloc'ed, and then is this one's. */
int bcc_btf_bytes_of(struct bcc_btf_bytes *bytes, void *data, size_t size);
void bcc_btf_bytes_close(struct bcc_btf_bytes *bytes);

/* The type behind this one, if there is any. */
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

/* Where among the strings `name` is, 0: nowhere. */
uint32_t bcc_btf_find_string(const struct bcc_btf_bytes *bytes, const char *name);
/* The number of the last type of this kind and name, 0: there is none. */
uint32_t bcc_btf_find_type(const struct bcc_btf_bytes *bytes, const char *name, unsigned kind);

#endif
