/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel's BTF as it is: some 5 MB, of which a text needs the hundredth part. */
#ifndef FRONTENDS_BTF_BYTES_H
#define FRONTENDS_BTF_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/btf.h>

struct bcc_btf_bytes {
	void *data; /* NULL: there is none */
	size_t size;
	bool mapped;	       /* the kernel's own pages, or memory of this process */
	struct btf *of_libbpf; /* or its raw data */
	const char *types, *strings;
	uint32_t type_size, string_size;
	uint32_t *places;    /* by type: where it is in `types` */
	uint32_t type_count; /* with the type 0, which is void */
};

/* Negative errno when the kernel has no BTF, or none that is understood. bcc_btf_bytes_close() in any case. */
int bcc_btf_bytes_open(struct bcc_btf_bytes *bytes);
/* The same of BTF in memory, which must be malloc'ed, and then is this one's. */
int bcc_btf_bytes_of(struct bcc_btf_bytes *bytes, void *data, size_t size);
void bcc_btf_bytes_close(struct bcc_btf_bytes *bytes);

/* 0 < id < type_count */
static inline const struct btf_type *bcc_btf_type_at(const struct bcc_btf_bytes *bytes, uint32_t id)
{
	return (const struct btf_type *)(bytes->types + bytes->places[id]);
}

/* Where among the strings `name` is, 0: nowhere. */
uint32_t bcc_btf_find_string(const struct bcc_btf_bytes *bytes, const char *name);
/* The number of the last type of this kind and name, 0: there is none. */
uint32_t bcc_btf_find_type(const struct bcc_btf_bytes *bytes, const char *name, unsigned kind);

#endif
