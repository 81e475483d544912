/* SPDX-License-Identifier: Apache-2.0 */
/* Key and value types of a table, from the object's BTF: as a C declaration and as a list of fields. */
#include "table.h"
#include "type_description.h"

#include "common/cleanup.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* The BTF may be from a cached object: a type that contains itself must not cause endless recursion. */
#define MAX_DEPTH 32
#define MAX_MEMBERS 65536

/* ---- text ---- */

struct text {
	FILE *file;
	const struct btf *btf;
	int printed;
};

static void table_type_description_print_type(
	struct text *out, uint32_t id, const char *name, bool expand, int depth);

static const char *table_type_description_name_of(struct text *out, const struct btf_type *type)
{
	const char *name = btf__name_by_offset(out->btf, type->name_off);

	return name ? name : "";
}

/* Skips const, volatile and the like, which do not affect what is stored. */
static uint32_t skip_modifiers(const struct btf *btf, uint32_t id)
{
	for (int i = 0; i < MAX_DEPTH; i++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (!type || (!btf_is_mod(type) && !btf_is_type_tag(type)))
			break;
		id = type->type;
	}
	return id;
}

static void table_type_description_print_members(struct text *out, const struct btf_type *type, int depth)
{
	const struct btf_member *member = btf_members(type);

	fputs("{", out->file);
	for (int i = 0; i < btf_vlen(type); i++, member++) {
		unsigned bits = btf_member_bitfield_size(type, i);

		fputs(" ", out->file);
		table_type_description_print_type(
			out, member->type, btf__name_by_offset(out->btf, member->name_off), false, depth + 1);
		if (bits)
			fprintf(out->file, ":%u", bits);
		fputs(";", out->file);
	}
	fputs(" }", out->file);
}

static void print_enumerators(struct text *out, const struct btf_type *type)
{
	bool is_signed = btf_kflag(type);

	fputs("{", out->file);
	for (int i = 0; i < btf_vlen(type); i++) {
		if (btf_is_enum64(type)) {
			const struct btf_enum64 *e = &btf_enum64(type)[i];
			uint64_t value = btf_enum64_value(e);

			fprintf(out->file, is_signed ? "%s %s = %lld" : "%s %s = %llu", i ? "," : "",
				btf__name_by_offset(out->btf, e->name_off), (long long)value);
		} else {
			const struct btf_enum *e = &btf_enum(type)[i];

			fprintf(out->file, is_signed ? "%s %s = %d" : "%s %s = %u", i ? "," : "",
				btf__name_by_offset(out->btf, e->name_off), e->val);
		}
	}
	fputs(" }", out->file);
}

static void table_type_description_print_compound(
	struct text *out, const char *word, const struct btf_type *type, bool expand, int depth)
{
	const char *name = table_type_description_name_of(out, type);

	fprintf(out->file, "%s%s%s", word, *name ? " " : "", name);
	if ((!expand && *name) || btf_is_fwd(type))
		return;
	fputs(" ", out->file);
	if (btf_is_composite(type))
		table_type_description_print_members(out, type, depth);
	else
		print_enumerators(out, type);
}

/* Arrays and pointers wrap their element type around the name: built from the inside out, with the name in
 * the middle. */
static void print_declarator(struct text *out, const struct btf_type *type, const char *name, int depth)
{
	bcc_auto_free char *inner = NULL;
	const struct btf_type *target;

	if (btf_is_array(type)) {
		if (asprintf(&inner, "%s[%u]", name, btf_array(type)->nelems) >= 0)
			table_type_description_print_type(
				out, btf_array(type)->type, inner, false, depth + 1);
		return;
	}
	target = btf__type_by_id(out->btf, skip_modifiers(out->btf, type->type));
	if (target && btf_is_func_proto(target)) {
		/* the argument list adds nothing about a stored function pointer */
		table_type_description_print_type(out, target->type, "", false, depth + 1);
		fprintf(out->file, " (*%s)()", name);
		return;
	}
	if (asprintf(&inner, target && btf_is_array(target) ? "(*%s)" : "*%s", name) >= 0)
		table_type_description_print_type(out, type->type, inner, false, depth + 1);
}

/* `expand`: show the members of a named struct too. The name of an array or pointer can be empty. */
static void table_type_description_print_type(
	struct text *out, uint32_t id, const char *name, bool expand, int depth)
{
	const struct btf_type *type;

	id = skip_modifiers(out->btf, id);
	type = btf__type_by_id(out->btf, id);
	if (!type || depth > MAX_DEPTH || ++out->printed > MAX_MEMBERS)
		return;
	name = name ? name : "";
	switch (btf_kind(type)) {
	case BTF_KIND_ARRAY:
	case BTF_KIND_PTR:
		print_declarator(out, type, name, depth);
		return;
	case BTF_KIND_STRUCT:
		table_type_description_print_compound(out, "struct", type, expand, depth);
		break;
	case BTF_KIND_UNION:
		table_type_description_print_compound(out, "union", type, expand, depth);
		break;
	case BTF_KIND_FWD:
		table_type_description_print_compound(
			out, btf_kflag(type) ? "union" : "struct", type, false, depth);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		table_type_description_print_compound(out, "enum", type, expand, depth);
		break;
	case BTF_KIND_UNKN:
		fputs("void", out->file);
		break;
	default: /* integers, floats, typedefs */
		fputs(table_type_description_name_of(out, type), out->file);
		break;
	}
	if (*name)
		fprintf(out->file, *name == '[' ? "%s" : " %s", name);
}

/* The type behind typedefs. */
static const struct btf_type *table_type_description_resolve(const struct btf *btf, uint32_t id)
{
	int resolved = btf__resolve_type(btf, id);

	return resolved < 0 ? NULL : btf__type_by_id(btf, resolved);
}

/* A type's name as in the declaration of a variable, without the variable. */
static char *type_text(const struct btf *btf, uint32_t id, bool expand)
{
	char *buf = NULL;
	size_t size;
	struct text out = {.file = open_memstream(&buf, &size), .btf = btf};

	if (!out.file)
		return NULL;
	table_type_description_print_type(&out, id, "", expand, 0);
	if (fclose(out.file)) {
		free(buf);
		return NULL;
	}
	return buf;
}

/* A typedef is shown as such if it names a number ("u32"), and expanded if it names a type with members. */
char *bcc_type_declaration(const struct btf *btf, uint32_t id)
{
	const struct btf_type *named = btf__type_by_id(btf, skip_modifiers(btf, id));
	const struct btf_type *type = table_type_description_resolve(btf, id);
	bcc_auto_free char *inside = NULL;
	char *text = NULL;
	int target;

	if (!named || !type)
		return strdup("");
	if (!btf_is_typedef(named) ||
		!(btf_is_composite(type) || btf_is_array(type) || btf_is_any_enum(type)))
		return type_text(btf, id, true);
	target = btf__resolve_type(btf, id);
	inside = type_text(btf, target, true);
	if (!inside || type->name_off || btf_is_array(type))
		return inside ? strdup(inside) : NULL;
	return asprintf(&text, "typedef %s %s", inside, btf__name_by_offset(btf, named->name_off)) < 0 ? NULL
												       : text;
}

/* NULL: its types are not known. */
static const struct btf *btf_of(const struct bcc_table *t)
{
	return t->btf ? t->btf : t->owner->btf;
}

const char *bcc_table_key_type(struct bcc_table *t)
{
	if (!t)
		return "";
	if (!t->key_decl && btf_of(t) && t->btf_key_type)
		t->key_decl = bcc_type_declaration(btf_of(t), t->btf_key_type);
	return t->key_decl ? t->key_decl : "";
}

const char *bcc_table_value_type(struct bcc_table *t)
{
	if (!t)
		return "";
	if (!t->value_decl && btf_of(t) && t->btf_value_type)
		t->value_decl = bcc_type_declaration(btf_of(t), t->btf_value_type);
	return t->value_decl ? t->value_decl : "";
}

/* ---- fields ---- */

/* The fields of a type, in a list of the handle. */
struct bcc_field_list {
	struct bcc_field_list *next;
	uint32_t id; /* of the type */
	const struct btf *btf;
	struct bcc_field *fields;
	uint32_t *types; /* of one element of each field */
	int count;
	int visited;
	int err;
};

/* An 8-bit int named char: clang gives char the encoding of signed numbers, so only the name tells. */
static bool is_char(const struct btf *btf, const struct btf_type *type)
{
	return btf_is_int(type) && type->size == 1 &&
	       !strcmp(btf__name_by_offset(btf, type->name_off), "char");
}

/* Follows an array (of arrays) to its element; counts the elements of all dimensions. */
static uint32_t skip_arrays(const struct btf *btf, uint32_t id, uint32_t *elements)
{
	const struct btf_type *type = table_type_description_resolve(btf, id);

	*elements = 0;
	for (int i = 0; type && btf_is_array(type) && i < MAX_DEPTH; i++) {
		const struct btf_array *array = btf_array(type);

		*elements = *elements ? *elements * array->nelems : array->nelems;
		id = array->type;
		type = table_type_description_resolve(btf, id);
	}
	return id;
}

static enum bcc_field_kind kind_of(const struct btf *btf, const struct btf_type *type)
{
	if (is_char(btf, type))
		return BCC_FIELD_CHAR;
	if (btf_is_int(type) && btf_int_encoding(type) & BTF_INT_BOOL)
		return BCC_FIELD_BOOL;
	if (btf_is_int(type))
		return btf_int_encoding(type) & BTF_INT_SIGNED ? BCC_FIELD_SIGNED : BCC_FIELD_UNSIGNED;
	if (btf_is_any_enum(type))
		return BCC_FIELD_ENUM;
	if (btf_is_ptr(type))
		return BCC_FIELD_POINTER;
	if (btf_is_float(type))
		return BCC_FIELD_FLOAT;
	return btf_is_union(type) ? BCC_FIELD_UNION : BCC_FIELD_STRUCT;
}

/* Makes room for one more. */
static struct bcc_field *grow_field_list(struct bcc_field_list *list)
{
	struct bcc_field *fields = reallocarray(list->fields, list->count + 1, sizeof(*fields));
	uint32_t *types = fields ? reallocarray(list->types, list->count + 1, sizeof(*types)) : NULL;

	if (fields)
		list->fields = fields;
	if (!types)
		return NULL;
	list->types = types;
	return &fields[list->count];
}

static void add_field(
	struct bcc_field_list *list, const char *name, uint32_t id, uint32_t bit_offset, uint32_t bits)
{
	const struct btf_type *type = table_type_description_resolve(list->btf, id);
	struct bcc_field *field = grow_field_list(list);
	int64_t size;

	if (!field) {
		list->err = -ENOMEM;
		return;
	}
	*field = (struct bcc_field){
		.name = name, .bit_offset = bit_offset, .is_array = type && btf_is_array(type)};
	id = skip_arrays(list->btf, id, &field->array_elements);
	type = table_type_description_resolve(list->btf, id);
	size = btf__resolve_size(list->btf, id);
	if (!type || size < 0) {
		list->err = -EINVAL;
		return;
	}
	field->bit_size = bits ? bits : size * 8;
	field->is_signed = (btf_is_int(type) && (btf_int_encoding(type) & BTF_INT_SIGNED)) ||
			   (btf_is_any_enum(type) && btf_kflag(type)) || btf_is_float(type);
	field->is_char = is_char(list->btf, type);
	field->kind = kind_of(list->btf, type);
	field->type = type_text(list->btf, skip_modifiers(list->btf, id), false);
	if (!field->type) {
		list->err = -ENOMEM;
		return;
	}
	list->types[list->count++] = id;
}

/* Adds members of a struct or union; those of an anonymous one inside it count as its own, as in C. */
static void add_members(
	struct bcc_field_list *list, const struct btf_type *type, uint32_t bit_offset, int depth)
{
	const struct btf_member *member = btf_members(type);

	for (int i = 0; i < btf_vlen(type) && !list->err; i++, member++) {
		const char *name = btf__name_by_offset(list->btf, member->name_off);
		uint32_t offset = bit_offset + btf_member_bit_offset(type, i);
		const struct btf_type *inner = table_type_description_resolve(list->btf, member->type);

		if (depth > MAX_DEPTH || ++list->visited > MAX_MEMBERS)
			list->err = -ELOOP;
		else if (!*name && inner && btf_is_composite(inner))
			add_members(list, inner, offset, depth + 1);
		else
			add_field(list, name, member->type, offset, btf_member_bitfield_size(type, i));
	}
}

static void free_field_list(struct bcc_field_list *list)
{
	for (int i = 0; i < list->count; i++)
		free((char *)list->fields[i].type);
	free(list->fields);
	free(list->types);
	free(list);
}

void bcc_type_fields_free(struct bcc *b)
{
	while (b->field_lists) {
		struct bcc_field_list *list = b->field_lists;

		b->field_lists = list->next;
		free_field_list(list);
	}
}

static int read_field_list(
	struct bcc *b, const struct btf *btf, uint32_t id, const struct bcc_field_list **out)
{
	const struct btf_type *type = table_type_description_resolve(btf, id);
	struct bcc_field_list *list;
	int ret;

	if (!type)
		return -ESRCH;
	list = calloc(1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	list->btf = btf;
	list->id = id;
	if (btf_is_composite(type))
		add_members(list, type, 0, 0);
	else
		add_field(list, "", id, 0, 0);
	if (list->err) {
		ret = list->err;
		free_field_list(list);
		return ret;
	}
	list->next = b->field_lists;
	b->field_lists = list;
	*out = list;
	return 0;
}

int bcc_type_fields(struct bcc *b, const struct btf *btf, uint32_t id, const struct bcc_field **fields)
{
	const struct bcc_field_list *list = b->field_lists;
	int ret = 0;

	while (list && (list->id != id || list->btf != btf))
		list = list->next;
	if (!list)
		ret = read_field_list(b, btf, id, &list);
	if (ret < 0)
		return ret;
	*fields = list->fields;
	return list->count;
}

static int fields_of(struct bcc_table *t, uint32_t id, const struct bcc_field **fields)
{
	const struct btf *btf = btf_of(t);
	int ret;

	*fields = NULL;
	if (!id || !btf)
		return 0;
	ret = bcc_type_fields(t->owner, btf, id, fields);
	if (ret == -ESRCH)
		return bcc_fail(&t->owner->err, -EINVAL,
			"a type of table \"%s\" is missing in the object's BTF", t->name);
	if (ret < 0)
		return bcc_fail(&t->owner->err, ret, "the types of table \"%s\" cannot be read: %s", t->name,
			strerror(-ret));
	return ret;
}

int bcc_table_key_fields(struct bcc_table *t, const struct bcc_field **fields)
{
	return t && fields ? fields_of(t, t->btf_key_type, fields) : -EINVAL;
}

int bcc_table_value_fields(struct bcc_table *t, const struct bcc_field **fields)
{
	return t && fields ? fields_of(t, t->btf_value_type, fields) : -EINVAL;
}

static bool is_composite(enum bcc_field_kind kind)
{
	return kind == BCC_FIELD_STRUCT || kind == BCC_FIELD_UNION;
}

/* The list that a field is in; NULL: it is not of this handle. */
static const struct bcc_field_list *list_of_field(const struct bcc *b, const struct bcc_field *field)
{
	const struct bcc_field_list *list = b->field_lists;

	while (list && (field < list->fields || field >= list->fields + list->count))
		list = list->next;
	return list;
}

int bcc_field_members(struct bcc *b, const struct bcc_field *field, const struct bcc_field **members)
{
	const struct bcc_field_list *list;
	int ret;

	if (!b)
		return -EINVAL;
	if (!field || !members)
		return bcc_fail(&b->err, -EINVAL, "the field, or the place for its members, is missing");
	*members = NULL;
	list = list_of_field(b, field);
	if (!list)
		return bcc_fail(
			&b->err, -EINVAL, "this field is not one that a call on this handle returned");
	if (!is_composite(field->kind))
		return 0;
	ret = bcc_type_fields(b, list->btf, list->types[field - list->fields], members);
	if (ret < 0)
		return bcc_fail(&b->err, ret, "the members of field \"%s\" cannot be read: %s", field->name,
			strerror(-ret));
	return ret;
}

/* The number of an enumerator, and its name. */
static int64_t enumerator_at(const struct btf *btf, const struct btf_type *type, int index, const char **name)
{
	if (btf_is_enum64(type)) {
		const struct btf_enum64 *e = &btf_enum64(type)[index];

		*name = btf__name_by_offset(btf, e->name_off);
		return btf_enum64_value(e);
	}
	*name = btf__name_by_offset(btf, btf_enum(type)[index].name_off);
	return btf_kflag(type) ? btf_enum(type)[index].val : (int64_t)(uint32_t)btf_enum(type)[index].val;
}

/* NULL if it is no enum. */
static const struct btf_type *enum_of_field(const struct bcc_field_list *list, const struct bcc_field *field)
{
	const struct btf_type *type =
		list ? table_type_description_resolve(list->btf, list->types[field - list->fields]) : NULL;

	return type && btf_is_any_enum(type) ? type : NULL;
}

const char *bcc_field_enumerator(struct bcc *b, const struct bcc_field *field, int64_t value)
{
	const struct bcc_field_list *list = b && field ? list_of_field(b, field) : NULL;
	const struct btf_type *type = enum_of_field(list, field);

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const char *name;

		if (enumerator_at(list->btf, type, i, &name) == value)
			return name;
	}
	return NULL;
}

bool bcc_enumerator_find(struct bcc *b, const struct bcc_field *field, const char *name, int64_t *value)
{
	const struct bcc_field_list *list = list_of_field(b, field);
	const struct btf_type *type = enum_of_field(list, field);

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const char *found;

		*value = enumerator_at(list->btf, type, i, &found);
		if (found && !strcmp(found, name))
			return true;
	}
	return false;
}

/* The tables' part of bcc_close(). */
void bcc_table_types_free(struct bcc_table *t)
{
	free(t->key_decl);
	free(t->value_decl);
}
