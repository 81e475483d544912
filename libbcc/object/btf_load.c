/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel does not accept everything that LLVM writes. The rules are in kernel/bpf/btf.c: a data section's
 * variables have ascending offsets within its size, functions and variables are never extern, arguments have
 * names.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/section_name.h"
#include "libbcc/log.h"
#include "btf.h"

/* Ids and strings for replacements; added first, because adding moves all types in memory. */
struct spare {
	int int_id;
	int name_off;
};

static struct btf_type *type_at(struct btf *btf, uint32_t id)
{
	/* nobody else uses the handle, and it has its own copy of the data */
	return (struct btf_type *)btf__type_by_id(btf, id);
}

static uint32_t info_of(uint32_t kind, uint32_t vlen)
{
	return kind << 24 | vlen;
}

static const struct bcc_symbol *find_symbol(const struct bcc_elf *elf, uint32_t section, const char *name)
{
	for (const struct bcc_name *at = bcc_name_index_find(&elf->symbol_names, name); at;
		at = bcc_name_index_next(&elf->symbol_names, at)) {
		const struct bcc_symbol *symbol = &elf->symbols[at->index];

		if (symbol->section == section && symbol->type != STT_SECTION)
			return symbol;
	}
	return NULL;
}

/* A data section that the kernel would refuse becomes a struct of as many ints, so that ids do not change. */
static void datasec_to_struct(struct btf_type *t, const struct spare *spare)
{
	uint32_t count = btf_vlen(t);
	struct btf_member *m;

	t->info = info_of(BTF_KIND_STRUCT, count);
	t->name_off = 0;
	t->size = count * sizeof(uint32_t);
	m = btf_members(t);
	for (uint32_t i = 0; i < count; i++)
		m[i] = (struct btf_member){.type = spare->int_id, .offset = i * 32};
}

static int object_btf_load_by_offset(const void *a, const void *b)
{
	const struct btf_var_secinfo *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Returns false if a variable is not where the object says. */
static bool place_variables(struct btf *btf, struct btf_type *t, const struct bcc_elf *elf)
{
	const struct bcc_section *section =
		bcc_elf_section(elf, bcc_section_name(btf__str_by_offset(btf, t->name_off)));
	struct btf_var_secinfo *v = btf_var_secinfos(t);

	if (!section || section->size > UINT32_MAX)
		return false;
	t->size = section->size;
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const struct btf_type *var = btf__type_by_id(btf, v[i].type);
		const struct bcc_symbol *symbol;

		symbol = find_symbol(
			elf, bcc_elf_section_index(elf, section), btf__str_by_offset(btf, var->name_off));
		if (!symbol || !btf_is_var(var) || symbol->value > section->size)
			return false;
		v[i].offset = symbol->value;
	}
	qsort(v, btf_vlen(t), sizeof(*v), object_btf_load_by_offset);
	return true;
}

static void complete_function(
	struct btf *btf, struct btf_type *t, const struct bcc_elf *elf, const struct spare *spare)
{
	struct btf_type *proto = type_at(btf, t->type);
	const char *name = btf__str_by_offset(btf, t->name_off);
	bool is_extern = btf_vlen(t) == BTF_FUNC_EXTERN;

	/* a global function is verified by itself; one that no other object calls, as part of its callers */
	if (btf_vlen(t) == BTF_FUNC_GLOBAL)
		for (const struct bcc_name *at = bcc_name_index_find(&elf->symbol_names, name); at;
			at = bcc_name_index_next(&elf->symbol_names, at))
			if (elf->symbols[at->index].type == STT_FUNC &&
				(elf->symbols[at->index].bind == STB_LOCAL || elf->symbols[at->index].hidden))
				t->info = info_of(BTF_KIND_FUNC, BTF_FUNC_STATIC);
	if (!is_extern)
		return;
	t->info = info_of(BTF_KIND_FUNC, BTF_FUNC_GLOBAL);
	for (uint32_t i = 0; i < btf_vlen(proto); i++)
		if (btf_params(proto)[i].type && !btf_params(proto)[i].name_off)
			btf_params(proto)[i].name_off = spare->name_off;
}

int bcc_btf_complete(struct btf *btf, const struct bcc_elf *elf, struct bcc_err *err)
{
	uint32_t count = btf__type_cnt(btf);
	struct spare spare = {
		.int_id = btf__add_int(btf, "int", 4, BTF_INT_SIGNED), .name_off = btf__add_str(btf, "arg")};

	if (spare.int_id < 0 || spare.name_off < 0)
		return bcc_fail(err, -ENOMEM, "out of memory");
	for (uint32_t id = 1; id < count; id++) {
		struct btf_type *t = type_at(btf, id);

		if (btf_is_func(t))
			complete_function(btf, t, elf, &spare);
		else if (btf_is_var(t) && btf_var(t)->linkage == BTF_VAR_GLOBAL_EXTERN)
			btf_var(t)->linkage = BTF_VAR_GLOBAL_ALLOCATED;
		else if (btf_is_datasec(t) && !place_variables(btf, t, elf))
			datasec_to_struct(t, &spare);
	}
	return 0;
}

/* Replaces a kind that the kernel does not know by an older one of the same size. FUNC linkage is known from
 * 5.6 on, FLOAT 5.13, DECL_TAG 5.16, TYPE_TAG 5.17, ENUM64 6.0. */
static void simplify_type(struct btf_type *t, const struct spare *spare)
{
	switch (btf_kind(t)) {
	case BTF_KIND_FUNC:
		t->info = info_of(BTF_KIND_FUNC, 0);
		break;
	case BTF_KIND_FLOAT:
		t->info = info_of(BTF_KIND_STRUCT, 0);
		t->name_off = 0;
		break;
	case BTF_KIND_DECL_TAG:
	case BTF_KIND_VAR:
		t->info = info_of(BTF_KIND_INT, 0);
		t->name_off = spare->name_off;
		t->size = 1;
		*(uint32_t *)(t + 1) = 8; /* bits */
		break;
	case BTF_KIND_TYPE_TAG:
		t->info = info_of(BTF_KIND_CONST, 0);
		t->name_off = 0;
		break;
	case BTF_KIND_DATASEC:
		datasec_to_struct(t, spare);
		break;
	case BTF_KIND_ENUM64:
		t->info = info_of(BTF_KIND_UNION, btf_vlen(t));
		for (uint32_t i = 0; i < btf_vlen(t); i++)
			btf_members(t)[i] = (struct btf_member){.type = spare->int_id};
		break;
	}
}

static int load_simplified(const void *data, uint32_t size)
{
	struct btf *btf = btf__new(data, size);
	struct spare spare;
	uint32_t count;
	int fd = -ENOMEM;

	if (!btf)
		return -ENOMEM;
	count = btf__type_cnt(btf);
	spare.int_id = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	spare.name_off = btf__add_str(btf, "simplified");
	if (spare.int_id >= 0 && spare.name_off >= 0) {
		for (uint32_t id = 1; id < count; id++)
			simplify_type(type_at(btf, id), &spare);
		data = btf__raw_data(btf, &size);
		fd = data ? bpf_btf_load(data, size, NULL) : -ENOMEM;
	}
	btf__free(btf);
	return fd;
}

int bcc_btf_load(struct bcc *b, const struct btf *btf)
{
	LIBBPF_OPTS(bpf_btf_load_opts, opts);
	const void *data;
	char log[4096] = "";
	uint32_t size;
	int fd;

	data = btf__raw_data(btf, &size);
	if (!data)
		return -ENOMEM;
	fd = bpf_btf_load(data, size, NULL);
	if (fd >= 0 || fd == -EPERM)
		return fd;
	if (b->debug & BCC_DEBUG_VERIFIER) {
		opts.log_buf = log;
		opts.log_size = sizeof(log);
		opts.log_level = 1;
		fd = bpf_btf_load(data, size, &opts);
		if (fd >= 0)
			return fd;
		bcc_say(b, BCC_LOG_DEBUG, "the kernel rejects the text's types: %s\n%s", strerror(-fd), log);
	}
	return load_simplified(data, size);
}
