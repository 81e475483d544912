/* SPDX-License-Identifier: Apache-2.0 */
#include "struct_ops.h"

#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "libbcc/kernel/kernel_btf.h"
#include "core/core.h"

/* A variable while it is read. */
struct struct_ops_reader {
	struct bcc_build *build;
	const struct bcc_section *section;
	struct bcc_struct_ops *ops;
	uint32_t offset; /* of the variable in the section */
	const struct btf *kernel;
	const struct btf_type *type;	    /* as the text has it */
	const struct btf_type *kernel_type; /* as the kernel has it */
	uint32_t kernel_id, kernel_offset;  /* of the struct in the value */
};

static int struct_ops_fail(const struct struct_ops_reader *r, int code, const char *what, const char *member)
{
	return bcc_fail(&r->build->b->err, code, "%s (%s): %s%s%s", r->ops->name, r->ops->type, what,
		*member ? " " : "", member);
}

static const struct btf_type *struct_ops_skip(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

/* The number of the member, -1: the kernel's struct has none of that name. */
static int struct_ops_member(const struct btf *btf, const struct btf_type *type, const char *name)
{
	for (int i = 0; *name && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name))
			return i;
	return -1;
}

/* Finds the kernel's struct, and the one around it. Returns -ESRCH if the kernel has none. */
static int struct_ops_find(struct struct_ops_reader *r)
{
	const struct btf_type *around;
	char name[128];
	int id, member;

	snprintf(name, sizeof(name), "bpf_struct_ops_%s", r->ops->type);
	r->kernel_id = btf__find_by_name_kind(r->kernel, r->ops->type, BTF_KIND_STRUCT);
	id = btf__find_by_name_kind(r->kernel, name, BTF_KIND_STRUCT);
	if ((int32_t)r->kernel_id < 0 || id < 0)
		return -ESRCH;
	r->kernel_type = btf__type_by_id(r->kernel, r->kernel_id);
	around = btf__type_by_id(r->kernel, id);
	member = struct_ops_member(r->kernel, around, "data");
	if (member < 0)
		return -ESRCH;
	r->ops->value_type = id;
	r->ops->bytes = around->size;
	r->kernel_offset = btf_member_bit_offset(around, member) / 8;
	r->ops->value = calloc(1, around->size ? around->size : 1);
	return r->ops->value ? 0 : bcc_fail(&r->build->b->err, -ENOMEM, "out of memory");
}

static bool struct_ops_is_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Copies a member that is no program to where the kernel has it. */
static int struct_ops_copy(struct struct_ops_reader *r, int i)
{
	const struct btf *btf = r->build->b->btf;
	const struct btf_member *m = &btf_members(r->type)[i];
	const char *name = btf__name_by_offset(btf, m->name_off);
	int64_t size = btf__resolve_size(btf, m->type);
	uint32_t at = btf_member_bit_offset(r->type, i) / 8, to;
	const uint8_t *from;
	int k;

	if (size < 0 || at > r->type->size || size > r->type->size - at)
		return struct_ops_fail(r, -EINVAL, "the object is damaged: the size of member", name);
	from = r->section->data + r->offset + at;
	if (struct_ops_is_zero(from, size))
		return 0;
	k = struct_ops_member(r->kernel, r->kernel_type, name);
	if (k < 0)
		return struct_ops_fail(r, -ESRCH, "this kernel's struct has no member", name);
	if (btf_member_bitfield_size(r->type, i) || btf_member_bitfield_size(r->kernel_type, k) ||
		btf__resolve_size(r->kernel, btf_members(r->kernel_type)[k].type) != size)
		return struct_ops_fail(r, -ESRCH, "another size than this kernel's has member", name);
	to = btf_member_bit_offset(r->kernel_type, k) / 8;
	if (to > r->kernel_type->size || size > r->kernel_type->size - to)
		return struct_ops_fail(r, -EINVAL, "this kernel's types are damaged: member", name);
	memcpy(r->ops->value + r->kernel_offset + to, from, size);
	return 0;
}

static struct bcc_program *struct_ops_program(struct struct_ops_reader *r, const struct bcc_symbol *symbol)
{
	const struct bcc_function *function =
		symbol->section && symbol->value % 8 == 0
			? bcc_build_function_at(r->build, symbol->section, symbol->value / 8)
			: NULL;

	return function && function->is_program ? bcc_program_find(r->build->b, function->name) : NULL;
}

/* A member that is a program. */
static int struct_ops_function(struct struct_ops_reader *r, const struct bcc_relocation *rel)
{
	const struct btf *btf = r->build->b->btf;
	struct bcc_program *program = struct_ops_program(r, rel->symbol);
	const char *name = "";
	int k;

	for (int i = 0; i < btf_vlen(r->type); i++)
		if (btf_member_bit_offset(r->type, i) == (rel->offset - r->offset) * 8)
			name = btf__name_by_offset(btf, btf_members(r->type)[i].name_off);
	if (!program)
		return struct_ops_fail(r, -EINVAL,
			"only functions with SEC(\"struct_ops\") that are not static can be addresses in it, not that of",
			*name ? name : rel->symbol->name);
	k = struct_ops_member(r->kernel, r->kernel_type, name);
	if (k < 0 || btf__resolve_size(r->kernel, btf_members(r->kernel_type)[k].type) != sizeof(uint64_t) ||
		r->kernel_type->size < sizeof(uint64_t) ||
		btf_member_bit_offset(r->kernel_type, k) / 8 > r->kernel_type->size - sizeof(uint64_t))
		return struct_ops_fail(r, -ESRCH, "this kernel's struct has no function", name);
	if (program->struct_ops_type &&
		(program->struct_ops_type != r->kernel_id || program->struct_ops_member != (uint32_t)k))
		return struct_ops_fail(
			r, -EINVAL, "the kernel loads a program for one member only:", program->name);
	program->struct_ops_type = r->kernel_id;
	program->struct_ops_member = k;
	r->ops->functions[r->ops->function_count++] = (struct bcc_struct_ops_function){
		program, r->kernel_offset + btf_member_bit_offset(r->kernel_type, k) / 8};
	return 0;
}

static int struct_ops_functions(struct struct_ops_reader *r)
{
	struct bcc_relocation rel;
	int ret = 0;

	r->ops->functions = calloc(btf_vlen(r->type) + 1, sizeof(*r->ops->functions));
	if (!r->ops->functions)
		return bcc_fail(&r->build->b->err, -ENOMEM, "out of memory");
	for (size_t i = bcc_elf_relocation_from(r->section, r->offset);
		ret == 0 && i < bcc_elf_relocation_count(r->section); i++) {
		ret = bcc_elf_relocation(&r->build->elf, r->section, i, &rel, &r->build->b->err);
		if (ret || rel.offset >= (uint64_t)r->offset + r->type->size)
			break;
		if (r->ops->function_count >= btf_vlen(r->type))
			return struct_ops_fail(
				r, -EINVAL, "the object is damaged: more addresses than members", "");
		ret = struct_ops_function(r, &rel);
	}
	return ret;
}

static int struct_ops_read(struct struct_ops_reader *r, const struct btf_var_secinfo *info)
{
	struct bcc *b = r->build->b;
	const struct btf_type *var = btf__type_by_id(b->btf, info->type);
	const char *type;
	int ret;

	r->type = var && btf_is_var(var) ? struct_ops_skip(b->btf, var->type) : NULL;
	if (!r->type || !btf_is_struct(r->type) || info->offset > r->section->size ||
		r->type->size > r->section->size - info->offset || !r->section->data)
		return bcc_fail(
			&b->err, -EINVAL, "section %s has something that is not a struct", r->section->name);
	r->offset = info->offset;
	type = btf__name_by_offset(b->btf, r->type->name_off);
	r->ops->name = strdup(btf__name_by_offset(b->btf, var->name_off));
	r->ops->type = strndup(type, core_name_length(type));
	if (!r->ops->name || !r->ops->type)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	ret = struct_ops_find(r);
	if (ret == -ESRCH)
		return struct_ops_fail(
			r, ret, "this kernel has no such struct that programs may implement", "");
	if (ret == 0)
		ret = struct_ops_functions(r);
	for (int i = 0; ret == 0 && i < btf_vlen(r->type); i++)
		ret = struct_ops_copy(r, i);
	return ret;
}

/* Keeps the reason for when it is attached. */
static int struct_ops_refuse(struct struct_ops_reader *r)
{
	struct bcc_err *err = &r->build->b->err;

	r->ops->refusal = err->text ? strdup(err->text) : NULL;
	if (!r->ops->refusal)
		return bcc_fail(err, -ENOMEM, "out of memory");
	bcc_err_clear(err);
	return 0;
}

static int struct_ops_read_section(struct bcc_build *build, const char *name)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, name);
	struct bcc_object *object = build->b->object;
	const struct btf_type *variables;
	struct bcc_struct_ops *longer;
	const struct btf *kernel;
	int id, ret;

	if (!section)
		return 0;
	id = build->b->btf ? btf__find_by_name_kind(build->b->btf, name, BTF_KIND_DATASEC) : -ENOENT;
	if (id < 0)
		return bcc_fail(&build->b->err, -EINVAL,
			"the compiled object has section %s, but no type information for it", name);
	variables = btf__type_by_id(build->b->btf, id);
	ret = bcc_kernel_btf_get(build->b, &kernel);
	if (ret)
		return ret;
	longer = reallocarray(
		object->struct_ops, object->struct_ops_count + btf_vlen(variables) + 1, sizeof(*longer));
	if (!longer)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	object->struct_ops = longer;
	for (int i = 0; ret == 0 && i < btf_vlen(variables); i++) {
		struct struct_ops_reader reader = {.build = build,
			.section = section,
			.ops = &longer[object->struct_ops_count++],
			.kernel = kernel};

		*reader.ops = (struct bcc_struct_ops){.is_optional = *name == '?'};
		ret = struct_ops_read(&reader, &btf_var_secinfos(variables)[i]);
		if (ret == -ESRCH)
			ret = struct_ops_refuse(&reader);
	}
	return ret;
}

int bcc_build_struct_ops(struct bcc_build *build)
{
	static const char *const sections[] = {
		".struct_ops", ".struct_ops.link", "?.struct_ops", "?.struct_ops.link"};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < ARRAY_SIZE(sections); i++)
		ret = struct_ops_read_section(build, sections[i]);
	return ret;
}

void bcc_struct_ops_close(struct bcc_object *object)
{
	for (size_t i = 0; i < object->struct_ops_count; i++) {
		free(object->struct_ops[i].name);
		free(object->struct_ops[i].type);
		free(object->struct_ops[i].refusal);
		free(object->struct_ops[i].value);
		free(object->struct_ops[i].functions);
	}
	free(object->struct_ops);
}
