/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The format is the kernel's: Documentation/bpf/btf.rst. libbpf 1.1 checks the sizes of types, but neither
 * the sum of the header's offsets nor the ids and strings that types refer to; its accessors then read past
 * the end.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "btf.h"

static int object_btf_parse_damaged(struct bcc_err *err, const char *what)
{
	return bcc_fail(err, -EINVAL, "the compiled object's BTF is damaged: %s", what);
}

static int check_header(const void *data, size_t size, struct bcc_err *err)
{
	struct btf_header header;
	const char *strings;

	if (size < sizeof(header) || size > UINT32_MAX)
		return object_btf_parse_damaged(err, "its size is impossible");
	memcpy(&header, data, sizeof(header));
	if (header.magic != BTF_MAGIC || header.version != BTF_VERSION || header.hdr_len != sizeof(header))
		return object_btf_parse_damaged(err, "its header is unknown");
	if (header.type_off != 0 || header.type_len % 4 != 0 || header.str_off < header.type_len)
		return object_btf_parse_damaged(err, "its types are out of place");
	if ((uint64_t)header.str_off + header.str_len > size - sizeof(header) || header.str_len == 0)
		return object_btf_parse_damaged(err, "its strings are cut off");
	strings = (const char *)data + sizeof(header) + header.str_off;
	if (strings[0] != '\0' || strings[header.str_len - 1] != '\0')
		return object_btf_parse_damaged(err, "its strings are not terminated");
	return 0;
}

static bool is_type(const struct btf *btf, uint32_t id)
{
	return id < btf__type_cnt(btf);
}

static bool object_btf_parse_is_string(const struct btf *btf, uint32_t offset)
{
	return btf__str_by_offset(btf, offset) != NULL;
}

static bool check_members(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_member *m = btf_members(t);

	for (uint32_t i = 0; i < btf_vlen(t); i++)
		if (!is_type(btf, m[i].type) || !object_btf_parse_is_string(btf, m[i].name_off))
			return false;
	return true;
}

static bool check_params(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_param *p = btf_params(t);

	for (uint32_t i = 0; i < btf_vlen(t); i++)
		if (!is_type(btf, p[i].type) || !object_btf_parse_is_string(btf, p[i].name_off))
			return false;
	return is_type(btf, t->type);
}

static bool check_enumerators(const struct btf *btf, const struct btf_type *t)
{
	for (uint32_t i = 0; i < btf_vlen(t); i++)
		if (!object_btf_parse_is_string(
			    btf, btf_is_enum64(t) ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off))
			return false;
	return true;
}

static bool check_variables(const struct btf *btf, const struct btf_type *t)
{
	const struct btf_var_secinfo *v = btf_var_secinfos(t);

	for (uint32_t i = 0; i < btf_vlen(t); i++)
		if (!is_type(btf, v[i].type) || v[i].type == 0)
			return false;
	return true;
}

static bool check_type(const struct btf *btf, const struct btf_type *t)
{
	if (!object_btf_parse_is_string(btf, t->name_off))
		return false;
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_FWD:
	case BTF_KIND_FLOAT:
		return true;
	case BTF_KIND_ARRAY:
		return is_type(btf, btf_array(t)->type) && is_type(btf, btf_array(t)->index_type);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return check_members(btf, t);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return check_enumerators(btf, t);
	case BTF_KIND_FUNC_PROTO:
		return check_params(btf, t);
	case BTF_KIND_DATASEC:
		return check_variables(btf, t);
	case BTF_KIND_FUNC:
		return is_type(btf, t->type) && btf_is_func_proto(btf__type_by_id(btf, t->type));
	default: /* pointers, typedefs, qualifiers, variables, tags: one type */
		return is_type(btf, t->type);
	}
}

int bcc_btf_parse(const void *data, size_t size, struct btf **out, struct bcc_err *err)
{
	struct btf *btf;
	int ret = check_header(data, size, err);

	if (ret < 0)
		return ret;
	btf = btf__new(data, size);
	if (!btf) {
		if (errno == ENOMEM)
			return bcc_fail(err, -ENOMEM, "out of memory");
		return object_btf_parse_damaged(err, "a type is unknown or cut off");
	}
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		if (check_type(btf, btf__type_by_id(btf, id)))
			continue;
		btf__free(btf);
		return object_btf_parse_damaged(err, "a type names a type or string that does not exist");
	}
	*out = btf;
	return 0;
}

const struct btf_type *bcc_btf_skip_modifiers_of(
	bcc_btf_type_fn type_at, const void *types, uint32_t id, uint32_t *resolved)
{
	/* no real chain is this long; one in damaged BTF may be a cycle */
	for (int depth = 0; depth < 64; depth++) {
		const struct btf_type *t = type_at(types, id);

		if (!t)
			return NULL;
		if (!btf_is_mod(t) && !btf_is_typedef(t)) {
			if (resolved)
				*resolved = id;
			return t;
		}
		id = t->type;
	}
	return NULL;
}

static const struct btf_type *object_btf_type_at(const void *types, uint32_t id)
{
	return btf__type_by_id(types, id);
}

const struct btf_type *bcc_btf_skip_modifiers(const struct btf *btf, uint32_t id, uint32_t *resolved)
{
	return bcc_btf_skip_modifiers_of(object_btf_type_at, btf, id, resolved);
}
