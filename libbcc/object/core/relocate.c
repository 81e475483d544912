/* SPDX-License-Identifier: Apache-2.0 */
#include "relocate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libbcc/object/missing.h"
#include "core.h"

/* Names that are compared for one object at most: some seconds. */
enum { CORE_WORK_MAX = 1 << 25 };

/* What a record asks for, in the object's types and in the kernel's. */
struct core_answer {
	uint64_t local, kernel;
	bool missing; /* the kernel does not have it, and nothing stands for that */
	bool checked; /* the instruction has `local` now */
	/* of the field, if it is one that can be loaded in another size: in bytes, else 0 */
	uint32_t local_size, kernel_size;
	bool sizes_differ; /* and it is not such a field */
};

struct relocation {
	struct bcc_build *build;
	struct bcc_program *program;
	const struct bcc_function *function;
	struct bpf_core_relo record;
	struct core_path path; /* in the object's types */
	struct core_path kernel;
};

static int relocation_damaged(const struct relocation *r, const char *what)
{
	return bcc_fail(&r->build->b->err, -EINVAL,
		"the object's relocation at byte %u of function %s is damaged: %s",
		r->record.insn_off - r->function->first * 8, r->function->name, what);
}

int bcc_core_open(struct bcc_build *build)
{
	const struct bcc_btf_ext_info *info = &build->ext.relocations;
	struct bcc *b = build->b;
	uint32_t *locals;
	size_t count = 0, most = 0;
	int ret;

	for (size_t i = 0; i < info->block_count; i++)
		most += info->blocks[i].count;
	/* a file that is named and cannot be used is an error in any case */
	if (!most && !b->btf_path)
		return 0;
	build->core = calloc(1, sizeof(*build->core));
	locals = calloc(most + 1, sizeof(*locals));
	if (!build->core || !locals) {
		free(locals);
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	}
	build->core->work = CORE_WORK_MAX;
	for (size_t i = 0; i < info->block_count; i++)
		for (uint32_t j = 0; j < info->blocks[i].count; j++) {
			struct bpf_core_relo record;

			memcpy(&record, info->blocks[i].records + (size_t)j * info->record_size,
				sizeof(record));
			if (record.kind != BPF_CORE_TYPE_ID_LOCAL && record.type_id &&
				record.type_id < btf__type_cnt(b->btf))
				locals[count++] = record.type_id;
		}
	ret = core_search(b, build->core, locals, count);
	free(locals);
	return ret;
}

void bcc_core_close(struct bcc_build *build)
{
	if (build->core)
		core_search_free(build->core);
	free(build->core);
	build->core = NULL;
}

/* ---- fields ---- */

/* What is accessed, and where. */
struct field {
	const struct btf_type *type; /* without qualifiers */
	uint32_t size;		     /* bytes to load; of a bit field: that hold all of it */
	uint64_t offset;	     /* in bytes */
	uint32_t bits, shift;	     /* size, and the bits above it in what is loaded */
	bool is_bit_field;
};

/* The smallest aligned load that holds all bits. */
static bool field_of_bits(const struct core_path *path, struct field *f)
{
	uint64_t end = path->bit_offset + f->bits;

	f->is_bit_field = true;
	f->size = f->type->size;
	if (!f->size || f->size > 8 || (f->size & (f->size - 1)))
		return false;
	f->offset = path->bit_offset / 8 / f->size * f->size;
	while (end - f->offset * 8 > f->size * 8) {
		if (f->size >= 8)
			return false;
		f->size *= 2;
		f->offset = path->bit_offset / 8 / f->size * f->size;
	}
	return true;
}

static bool field_of_path(const struct core_path *path, struct field *f)
{
	uint32_t id, last = path->count - 1;
	const struct btf_type *t = core_type(path->types, path->steps[last].type);
	int64_t size;

	*f = (struct field){.offset = path->bit_offset / 8};
	id = path->steps[last].type;
	if (path->steps[last].name) {
		f->bits = btf_member_bitfield_size(t, path->steps[last].index);
		id = btf_members(t)[path->steps[last].index].type;
	}
	f->type = core_skip_modifiers(path->types, id, NULL);
	if (!f->type)
		return false;
	if (f->bits) {
		if (!(btf_is_int(f->type) || btf_is_any_enum(f->type)) || !field_of_bits(path, f))
			return false;
	} else {
		size = core_size(path->types, id);
		if (size < 0 || size > UINT32_MAX)
			return false;
		f->size = size;
		f->bits = size <= 8 ? size * 8 : 64;
		f->is_bit_field = false;
	}
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	f->shift = 64 - (uint32_t)(path->bit_offset + f->bits - f->offset * 8);
#else
	f->shift = (8 - f->size) * 8 + (uint32_t)(path->bit_offset - f->offset * 8);
#endif
	return true;
}

static bool field_is_signed(const struct field *f)
{
	if (btf_is_any_enum(f->type))
		return btf_kflag(f->type);
	return btf_is_int(f->type) && btf_int_encoding(f->type) & BTF_INT_SIGNED;
}

static bool field_value(const struct core_path *path, enum bpf_core_relo_kind kind, uint64_t *value)
{
	struct field f;

	if (!field_of_path(path, &f))
		return false;
	switch ((int)kind) {
	case BPF_CORE_FIELD_BYTE_OFFSET:
		*value = f.offset;
		return true;
	case BPF_CORE_FIELD_BYTE_SIZE:
		*value = f.size;
		return true;
	case BPF_CORE_FIELD_SIGNED:
		*value = field_is_signed(&f);
		return true;
	case BPF_CORE_FIELD_LSHIFT_U64:
		*value = f.shift;
		return true;
	case BPF_CORE_FIELD_RSHIFT_U64:
		*value = 64 - f.bits;
		return true;
	}
	return false;
}

/* Pointers, and integers without sign, can be loaded in another size than the text's type has: the rest of
 * the register is 0. */
static bool field_is_resizable(const struct field *f)
{
	return !f->is_bit_field && (btf_is_ptr(f->type) || (btf_is_int(f->type) && !field_is_signed(f)));
}

/* Of an array, what is accessed is an element: the kernel may have more of these. */
static uint32_t field_access_size(const struct core_path *path, const struct field *f)
{
	const struct btf_type *t = f->type;
	int64_t size = f->size;

	for (int depth = 0; t && btf_is_array(t) && depth < 32; depth++) {
		size = core_size(path->types, btf_array(t)->type);
		t = core_skip_modifiers(path->types, btf_array(t)->type, NULL);
	}
	return size < 0 ? 0 : size;
}

/* `kernel`: NULL if the kernel does not have the field. */
static bool answer_field(const struct relocation *r, const struct core_path *kernel, struct core_answer *a)
{
	struct field here, there;

	if (r->record.kind == BPF_CORE_FIELD_EXISTS) {
		a->local = 1;
		a->kernel = kernel != NULL;
		return true;
	}
	if (!field_of_path(&r->path, &here) || !field_value(&r->path, r->record.kind, &a->local))
		return false;
	/* compilers choose the loads of bit fields in more than one way */
	a->checked = !here.is_bit_field || r->record.kind == BPF_CORE_FIELD_SIGNED;
	a->missing =
		!kernel || !field_of_path(kernel, &there) || !field_value(kernel, r->record.kind, &a->kernel);
	if (a->missing || r->record.kind != BPF_CORE_FIELD_BYTE_OFFSET || here.is_bit_field)
		return true;
	if (field_is_resizable(&here) && field_is_resizable(&there) &&
		btf_kind(here.type) == btf_kind(there.type)) {
		a->local_size = here.size;
		a->kernel_size = there.size;
	} else {
		a->sizes_differ = field_access_size(&r->path, &here) != field_access_size(kernel, &there);
	}
	return true;
}

/* ---- types and enumerators ---- */

static uint64_t enumerator_value(const struct core_path *path)
{
	const struct btf_type *t = core_type(path->types, path->steps[0].type);
	uint32_t i = path->steps[0].index;

	if (btf_is_enum(t))
		return btf_kflag(t) ? (uint64_t)(int64_t)btf_enum(t)[i].val
				    : (uint64_t)(uint32_t)btf_enum(t)[i].val;
	return btf_enum64_value(&btf_enum64(t)[i]);
}

static uint64_t type_size(const struct core_types *types, uint32_t id)
{
	int64_t size = core_size(types, id);

	return size < 0 ? 0 : size;
}

/* What the record asks for, given the kernel's side; false: it cannot be answered for the object's own. */
static bool core_answer(const struct relocation *r, const struct core_path *kernel, struct core_answer *a)
{
	*a = (struct core_answer){.checked = true};
	switch ((int)r->record.kind) {
	case BPF_CORE_TYPE_ID_LOCAL:
		a->local = a->kernel = r->record.type_id;
		return true;
	case BPF_CORE_TYPE_ID_TARGET:
		a->checked = false; /* LLVM writes the local one, or 0 */
		/* the running kernel has other numbers than a file */
		a->missing = kernel && r->build->b->btf_path;
		a->kernel = kernel ? kernel->root : 0;
		return true;
	case BPF_CORE_TYPE_EXISTS:
	case BPF_CORE_TYPE_MATCHES:
		a->local = 1;
		a->kernel = kernel != NULL;
		return true;
	case BPF_CORE_TYPE_SIZE:
		a->local = type_size(r->path.types, r->path.root);
		a->kernel = kernel ? type_size(kernel->types, kernel->root) : 0;
		return true;
	case BPF_CORE_ENUMVAL_EXISTS:
		a->local = 1;
		a->kernel = kernel != NULL;
		return true;
	case BPF_CORE_ENUMVAL_VALUE:
		a->local = enumerator_value(&r->path);
		a->missing = !kernel;
		a->kernel = kernel ? enumerator_value(kernel) : 0;
		return true;
	default:
		return answer_field(r, kernel, a);
	}
}

static bool answers_agree(const struct core_answer *a, const struct core_answer *b)
{
	return a->kernel == b->kernel && a->missing == b->missing && a->kernel_size == b->kernel_size &&
	       a->sizes_differ == b->sizes_differ;
}

/* Several of the kernel's types may have the name, of modules or of different files; those that have what is
 * asked for must agree about it. Type numbers never do: the first counts. */
static int relocation_look_up(struct relocation *r, struct core_answer *answer)
{
	const struct core_candidates *list = core_search_of(r->build->core, r->record.type_id);
	uint32_t *work = &r->build->core->work;
	bool found = false;

	for (size_t i = 0; r->record.kind != BPF_CORE_TYPE_ID_LOCAL && list && i < list->count; i++) {
		struct core_answer other;
		bool matches = core_path_match(
			&r->path, list->at[i].types, list->at[i].id, r->record.kind, work, &r->kernel);

		if (!*work)
			return bcc_fail(&r->build->b->err, -E2BIG,
				"the object compares more of its types with the kernel's than any program does: function %s, type %s",
				r->function->name, list->name);
		if (!matches)
			continue;
		if (!core_answer(r, &r->kernel, &other))
			return relocation_damaged(r, "it is about what its types do not have");
		if (found && r->record.kind == BPF_CORE_TYPE_ID_TARGET)
			break;
		if (found && !answers_agree(answer, &other))
			return bcc_fail(&r->build->b->err, -EINVAL,
				"function %s uses type %s, of which this kernel has several that differ in what is used",
				r->function->name, list->name);
		*answer = other;
		found = true;
	}
	if (!found && !core_answer(r, NULL, answer))
		return relocation_damaged(r, "it is about what its types do not have");
	return 0;
}

/* ---- instructions ---- */

static bool insn_resize(struct bpf_insn *insn, uint32_t size)
{
	static const uint8_t codes[] = {[1] = BPF_B, [2] = BPF_H, [4] = BPF_W, [8] = BPF_DW};

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return false;
	insn->code = BPF_MODE(insn->code) | codes[size] | BPF_CLASS(insn->code);
	return true;
}

static uint32_t insn_size(const struct bpf_insn *insn)
{
	switch (BPF_SIZE(insn->code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	case BPF_W:
		return 4;
	default:
		return 8;
	}
}

static int set_access(const struct relocation *r, struct bpf_insn *insn, const struct core_answer *a)
{
	if (a->checked && (uint16_t)insn->off != a->local)
		return relocation_damaged(r, "its instruction is about something else");
	if (a->kernel > INT16_MAX)
		return bcc_fail(&r->build->b->err, -E2BIG,
			"function %s accesses a field that lies too far away in this kernel: at byte %llu",
			r->function->name, (unsigned long long)a->kernel);
	insn->off = a->kernel;
	if (a->kernel_size != a->local_size && insn_size(insn) == a->local_size &&
		!insn_resize(insn, a->kernel_size))
		return relocation_damaged(r, "its field has an impossible size");
	return 0;
}

static int set_immediate(const struct relocation *r, struct bpf_insn *insn, const struct core_answer *a)
{
	if (BPF_SRC(insn->code) != BPF_K)
		return relocation_damaged(r, "its instruction has no number");
	if (a->checked && (uint32_t)insn->imm != (uint32_t)a->local)
		return relocation_damaged(r, "its instruction is about something else");
	insn->imm = a->kernel;
	return 0;
}

static int set_number64(
	const struct relocation *r, struct bpf_insn *insn, uint32_t left, const struct core_answer *a)
{
	if (!bcc_insn_is_load64(insn) || left < 2 || insn[1].code)
		return relocation_damaged(r, "its instruction has no number");
	if (a->checked && ((uint64_t)(uint32_t)insn[1].imm << 32 | (uint32_t)insn[0].imm) != a->local)
		return relocation_damaged(r, "its instruction is about something else");
	insn[0].imm = (uint32_t)a->kernel;
	insn[1].imm = a->kernel >> 32;
	return 0;
}

static bool insn_is_access(const struct bpf_insn *insn)
{
	uint8_t class = BPF_CLASS(insn->code);

	return class == BPF_LDX || class == BPF_ST || class == BPF_STX;
}

/* The instruction is number `at` of the program; `left`: how many the function has from there. */
static int relocation_apply(const struct relocation *r, struct bpf_insn *insns, uint32_t at, uint32_t left,
	const struct core_answer *a)
{
	struct bpf_insn *insn = &insns[at];

	if (a->missing || (a->sizes_differ && insn_is_access(insn))) {
		if (bcc_insn_is_load64(insn) && left > 1)
			bcc_program_forbid(
				r->program, insns, at + 1, BCC_MISSING_TYPE, core_path_name(&r->path));
		bcc_program_forbid(r->program, insns, at, BCC_MISSING_TYPE, core_path_name(&r->path));
		return 0;
	}
	switch (BPF_CLASS(insn->code)) {
	case BPF_LDX:
	case BPF_ST:
	case BPF_STX:
		return set_access(r, insn, a);
	case BPF_ALU:
	case BPF_ALU64:
		return set_immediate(r, insn, a);
	case BPF_LD:
		return set_number64(r, insn, left, a);
	default:
		return relocation_damaged(r, "its instruction has no number");
	}
}

static int relocate_record(struct relocation *r, struct bpf_insn *insns, uint32_t function_at)
{
	const struct btf *btf = r->build->b->btf;
	uint32_t at = r->record.insn_off / 8 - r->function->first;
	const char *text = btf__str_by_offset(btf, r->record.access_str_off);
	struct core_answer answer;
	int ret;

	if (r->record.insn_off % 8 || (uint32_t)r->record.kind > BPF_CORE_TYPE_MATCHES)
		return relocation_damaged(r, "it is of an unknown kind");
	if (!text || !r->record.type_id || r->record.type_id >= btf__type_cnt(btf) ||
		!core_path_parse(&r->path, &r->build->core->local, r->record.type_id, text, r->record.kind))
		return relocation_damaged(r, "it is about what its types do not have");
	ret = relocation_look_up(r, &answer);
	return ret ? ret : relocation_apply(r, insns, function_at + at, r->function->count - at, &answer);
}

int bcc_core_relocate(struct bcc_build *build, struct bcc_program *p, const struct bcc_function *function,
	struct bpf_insn *insns, uint32_t at)
{
	const struct bcc_btf_ext_info *info = &build->ext.relocations;
	const struct bcc_btf_ext_block *block;
	struct relocation r = {.build = build, .program = p, .function = function};
	int ret = 0;

	block = build->core ? bcc_btf_ext_find(info, build->elf.sections[function->section].name) : NULL;
	if (!block)
		return 0;
	for (uint32_t i = bcc_btf_ext_from(info, block, (uint64_t)function->first * 8);
		ret == 0 && i < block->count; i++) {
		if (bcc_btf_ext_offset(info, block, i) / 8 >= function->first + function->count)
			break;
		memcpy(&r.record, block->records + (size_t)i * info->record_size, sizeof(r.record));
		ret = relocate_record(&r, insns, at);
	}
	return ret;
}
