/* SPDX-License-Identifier: Apache-2.0 */
/* How types lie in BTF: one behind the other, each with what follows it; and where they refer to types and strings. */
#ifndef FRONTENDS_BTF_LAYOUT_H
#define FRONTENDS_BTF_LAYOUT_H

#include <bpf/btf.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a type without those elements of which it has a number, and of each of these. */
struct bcc_btf_kind_size {
	uint8_t type, element;
};
extern const struct bcc_btf_kind_size bcc_btf_kind_sizes[32];

/* Bytes of a type with its elements; 0: of a kind that is not known here. Done a hundred thousand times, each time to know where the next
 * type is: for the most frequent ones the processor guesses that before it has read them. */
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

/* What to do with each number that a type holds. */
struct bcc_btf_visitor {
	void (*type)(void *ctx, uint32_t *id);
	void (*string)(void *ctx, uint32_t *offset);
	void *ctx;
};
void bcc_btf_visit(struct btf_type *type, const struct bcc_btf_visitor *visitor);

#endif
