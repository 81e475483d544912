/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of types in BTF, which follow one another, each with its elements; and where they refer to types
 * and strings. */
#ifndef COMMON_BTF_LAYOUT_H
#define COMMON_BTF_LAYOUT_H

#include <bpf/btf.h>
#include <stddef.h>
#include <stdint.h>

/* Size of a type without its elements, and of each element, in bytes. */
struct bcc_btf_kind_size {
	uint8_t type, element;
};
extern const struct bcc_btf_kind_size bcc_btf_kind_sizes[32];

/* Size of a type with its elements; 0 for an unknown kind. Called a hundred thousand times to find the next
 * type: the processor predicts the most frequent kinds before they have been read. */
static inline size_t bcc_btf_type_size(const struct btf_type *type)
{
	const uint32_t plain = 1u << BTF_KIND_FUNC | 1u << BTF_KIND_PTR | 1u << BTF_KIND_TYPEDEF |
			       1u << BTF_KIND_CONST | 1u << BTF_KIND_FWD;
	unsigned kind = btf_kind(type);

	if (kind == BTF_KIND_FUNC_PROTO)
		return sizeof(*type) + sizeof(struct btf_param) * btf_vlen(type);
	if (plain >> kind & 1)
		return sizeof(*type);
	return bcc_btf_kind_sizes[kind].type + (size_t)bcc_btf_kind_sizes[kind].element * btf_vlen(type);
}

/* What to do with each id and string offset in a type. */
struct bcc_btf_visitor {
	void (*type)(void *ctx, uint32_t *id);
	void (*string)(void *ctx, uint32_t *offset);
	void *ctx;
};
void bcc_btf_visit(struct btf_type *type, const struct bcc_btf_visitor *visitor);

#endif
