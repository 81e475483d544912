/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program is its function followed by every subprogram that it calls or passes to a helper. Descriptors,
 * kernel ids and call distances are written into the instructions; the records of .BTF.ext are moved along
 * with them.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/kernel_symbol.h"
#include "core/relocate.h"
#include "build.h"
#include "missing.h"
#include "object.h"

struct part {
	const struct bcc_function *function;
	uint32_t at; /* where it starts in the program */
};

struct linker {
	struct bcc_build *build;
	struct bcc_program *program;
	struct bpf_insn *insns;
	uint32_t count;
	struct part *parts;
	size_t part_count;
	uint8_t *resolved; /* per instruction: its relocation is done */
};

/* BPF_MAX_SUBPROGS, and BPF_COMPLEXITY_LIMIT_INSNS of the kernel's <linux/bpf_verifier.h> and <linux/bpf.h>:
 * the instructions that it loads. */
enum { MOST_FUNCTIONS = 256, MOST_INSNS = 1000000 };

/* What all programs of an object have of them: each has a copy of what it calls. */
enum { MOST_INSNS_OF_ALL = 16 * MOST_INSNS };

enum { RESOLVED = 1, RESOLVED_OPTIONAL /* and from here on: + BCC_EXTERN_OPTIONAL… */ };

static int no_memory(struct linker *l)
{
	return bcc_fail(&l->build->b->err, -ENOMEM, "out of memory");
}

static int object_link_damaged(struct linker *l, const struct part *part, const char *what)
{
	return bcc_fail(&l->build->b->err, -EINVAL, "the compiled object is damaged: in function %s %s",
		part->function->name, what);
}

static bool object_link_is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

/* The position of `function` in the program, to which it is appended if it is not there yet; or a negative
 * errno. */
static int64_t place_of(struct linker *l, const struct bcc_function *function)
{
	const struct bcc_section *section = &l->build->elf.sections[function->section];
	uint32_t at = l->count, total = l->count + function->count;
	struct bpf_insn *insns;
	struct part *parts;
	uint8_t *resolved;

	for (size_t i = 0; i < l->part_count; i++)
		if (l->parts[i].function == function)
			return l->parts[i].at;
	if (l->part_count >= MOST_FUNCTIONS || function->count > MOST_INSNS - l->count)
		return bcc_fail(&l->build->b->err, -E2BIG,
			"function %s, with all that it calls, has more than %d functions or %d instructions, which no kernel takes",
			l->part_count ? l->parts[0].function->name : function->name, MOST_FUNCTIONS,
			MOST_INSNS);
	insns = reallocarray(l->insns, total, sizeof(*insns));
	l->insns = insns ? insns : l->insns;
	resolved = reallocarray(l->resolved, total, sizeof(*resolved));
	l->resolved = resolved ? resolved : l->resolved;
	parts = reallocarray(l->parts, l->part_count + 1, sizeof(*parts));
	l->parts = parts ? parts : l->parts;
	if (!insns || !resolved || !parts)
		return no_memory(l);
	memcpy(insns + at, section->data + (size_t)function->first * sizeof(*insns),
		function->count * sizeof(*insns));
	memset(resolved + at, 0, function->count);
	parts[l->part_count++] = (struct part){function, at};
	l->count = total;
	return at;
}

static int point_to_function(
	struct linker *l, const struct part *part, uint32_t at, uint32_t section, int64_t first)
{
	const struct bcc_function *target =
		first < 0 ? NULL : bcc_build_function_at(l->build, section, first);
	int64_t place;

	if (!target)
		return object_link_damaged(l, part, "a call does not lead to a function");
	place = place_of(l, target);
	if (place < 0)
		return place;
	l->insns[at].imm = place - at - 1; /* after place_of(), which may move all instructions */
	return 0;
}

/* What the text declares as the kernel's: without it, the programs that need it cannot be loaded, and the
 * others can. */
static int resolve_extern(struct linker *l, uint32_t at, const struct bcc_symbol *symbol, bool is_call)
{
	int ret = is_call ? bcc_build_extern_call(l->build, symbol, &l->insns[at])
			  : bcc_build_extern_address(l->build, symbol, &l->insns[at]);
	const char *variable = bcc_kernel_symbol(symbol->name);

	if (ret != -ESRCH)
		return ret;
	for (uint32_t i = is_call ? 1 : 2; i-- > 0;)
		bcc_program_forbid(l->program, l->insns, at + i,
			variable ? BCC_MISSING_SYMBOL : BCC_MISSING_EXTERN,
			strdup(variable ? variable : symbol->name));
	return 0;
}

static int resolve_call(
	struct linker *l, const struct part *part, uint32_t at, const struct bcc_symbol *symbol)
{
	struct bpf_insn *insn = &l->insns[at];

	if (!object_link_is_call(insn))
		return object_link_damaged(l, part, "a call's relocation is not at a call");
	if (!symbol->section)
		return resolve_extern(l, at, symbol, true);
	if (symbol->value % 8)
		return object_link_damaged(l, part, "a call goes to the middle of an instruction");
	insn->src_reg = BPF_PSEUDO_CALL;
	/* the distance is relative to the symbol and counted from the instruction after the call: -1 is the
	 * symbol itself */
	return point_to_function(l, part, at, symbol->section, (int64_t)(symbol->value / 8) + insn->imm + 1);
}

static int point_into_arena(struct linker *l, const struct part *part, struct bpf_insn *insn, uint64_t offset)
{
	const struct bcc_build *build = l->build;

	if (!build->arena)
		return bcc_fail(&build->b->err, -EINVAL,
			"function %s uses a variable in an arena, and the text has no table of type BPF_MAP_TYPE_ARENA",
			part->function->name);
	insn[0].src_reg = BPF_PSEUDO_MAP_VALUE;
	insn[0].imm = build->arena->fd;
	insn[1].imm = (int32_t)(build->arena_at + offset);
	return 0;
}

static int resolve_load(
	struct linker *l, const struct part *part, uint32_t at, const struct bcc_symbol *symbol)
{
	const struct bcc_section *section = &l->build->elf.sections[symbol->section];
	struct bpf_insn *insn = &l->insns[at];
	uint64_t offset = symbol->value + insn->imm;
	struct bcc_table *table;
	int fd;

	if (at + 1 >= part->at + part->function->count || !bcc_insn_is_load64(insn) || insn[1].code != 0)
		return object_link_damaged(l, part, "an address relocation is not at a 64-bit load");
	if (!symbol->section)
		return resolve_extern(l, at, symbol, false);
	if (section == l->build->maps) {
		table = bcc_build_table_at(l->build, offset);
		if (!table)
			return object_link_damaged(l, part, "a table is used that does not exist");
		insn[0].src_reg = BPF_PSEUDO_MAP_FD;
		insn[0].imm = table->fd;
		insn[1].imm = 0;
		return 0;
	}
	if (section->flags & SHF_EXECINSTR) {
		if (offset % 8)
			return object_link_damaged(l, part, "an address is in the middle of an instruction");
		insn[0].src_reg = BPF_PSEUDO_FUNC;
		insn[1].imm = 0;
		return point_to_function(l, part, at, symbol->section, offset / 8);
	}
	if (offset > section->size)
		return object_link_damaged(l, part, "a variable is used that does not exist");
	if (bcc_build_has_addresses(l->build, symbol->section, offset))
		return bcc_fail(&l->build->b->err, -EINVAL,
			"function %s uses a global variable in section %s that is initialised with an address, which is only known "
			"when the program runs: let the program set it",
			part->function->name, section->name);
	if (!strcmp(section->name, BCC_ARENA_SECTION))
		return point_into_arena(l, part, insn, offset);
	fd = bcc_build_data(l->build, symbol->section);
	if (fd < 0)
		return fd;
	insn[0].src_reg = BPF_PSEUDO_MAP_VALUE;
	insn[0].imm = fd;
	insn[1].imm = offset;
	return 0;
}

static int resolve_relocations(struct linker *l, const struct part *part)
{
	const struct bcc_function *f = part->function;
	const struct bcc_section *section = &l->build->elf.sections[f->section];
	struct bcc_relocation rel;

	for (size_t i = bcc_elf_relocation_from(section, (uint64_t)f->first * 8);
		i < bcc_elf_relocation_count(section); i++) {
		int ret = bcc_elf_relocation(&l->build->elf, section, i, &rel, &l->build->b->err);
		uint32_t at;

		if (ret < 0)
			return ret;
		if (rel.offset / 8 >= f->first + f->count)
			break;
		at = part->at + rel.offset / 8 - f->first;
		if (rel.offset % 8 || l->resolved[at])
			return object_link_damaged(l, part, "a relocation is misplaced");
		l->resolved[at] = RESOLVED;
		if (rel.type == R_BPF_64_32) /* a call */
			ret = resolve_call(l, part, at, rel.symbol);
		else if (rel.type == R_BPF_64_64) /* a pair of instructions that loads 64 bits */
			ret = resolve_load(l, part, at, rel.symbol);
		else
			ret = object_link_damaged(l, part, "a relocation is of an unknown kind");
		if (ret < 0)
			return ret;
		if (ret > 0)
			l->resolved[at] = RESOLVED_OPTIONAL + ret;
	}
	return 0;
}

/* Calls within one section have no relocation; their distances change because functions move. */
static int resolve_near_calls(struct linker *l, const struct part *part)
{
	const struct bcc_function *f = part->function;

	for (uint32_t i = 0; i < f->count; i++) {
		uint32_t at = part->at + i;
		const struct bpf_insn *insn = &l->insns[at];
		int ret = 0;

		if (bcc_insn_is_load64(insn))
			i++; /* its second half is not an instruction */
		else if (object_link_is_call(insn) && insn->src_reg == BPF_PSEUDO_CALL && !l->resolved[at])
			ret = point_to_function(
				l, part, at, f->section, (int64_t)f->first + i + insn->imm + 1);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Copies the records of `part` into one block, with instruction numbers of the program. `*next`: lowest
 * instruction of the part that may have one. Returns their number. */
static size_t copy_block(const struct part *part, const struct bcc_btf_ext_info *info,
	const struct bcc_btf_ext_block *block, bool only_first, uint32_t *next, uint8_t *out)
{
	const struct bcc_function *f = part->function;
	size_t count = 0;

	for (uint32_t i = bcc_btf_ext_from(info, block, (uint64_t)f->first * 8); i < block->count; i++) {
		uint32_t place = bcc_btf_ext_offset(info, block, i) / 8, at = place - f->first;

		if (at >= f->count)
			break;
		if (at < *next || (*next == 0 && at != 0) || (only_first && at != 0))
			continue;
		*next = at + 1;
		if (out) {
			memcpy(out, block->records + (size_t)i * info->record_size, info->record_size);
			at += part->at;
			memcpy(out, &at, sizeof(at));
			out += info->record_size;
		}
		count++;
	}
	return count;
}

/*
 * Copies the records of all parts. The kernel requires one at the first instruction of each part, and
 * ascending numbers; `only_first` takes just the first ones. Returns their number, or 0 if a part has none.
 */
static size_t copy_records(
	const struct linker *l, const struct bcc_btf_ext_info *info, bool only_first, uint8_t *out)
{
	size_t count = 0;

	for (size_t i = 0; i < l->part_count; i++) {
		const struct part *part = &l->parts[i];
		const struct bcc_btf_ext_block *block =
			bcc_btf_ext_find(info, l->build->elf.sections[part->function->section].name);
		uint32_t next = 0;

		if (block)
			count += copy_block(part, info, block, only_first, &next,
				out ? out + count * info->record_size : NULL);
		if (next == 0)
			return 0;
	}
	return count;
}

static int object_link_collect(struct linker *l, const struct bcc_btf_ext_info *info, bool only_first,
	void **records, size_t *count, size_t *record_size)
{
	*count = copy_records(l, info, only_first, NULL);
	*record_size = info->record_size;
	if (*count == 0)
		return 0;
	*records = calloc(*count, info->record_size);
	if (!*records)
		return no_memory(l);
	copy_records(l, info, only_first, *records);
	return 0;
}

/* Lists the instructions that bcc_program_do_without() resets. */
static int list_optional(struct linker *l, struct bcc_program *p)
{
	size_t count = 0;

	for (uint32_t i = 0; i < l->count; i++)
		count += l->resolved[i] >= RESOLVED_OPTIONAL;
	if (!count)
		return 0;
	p->optional = calloc(count, sizeof(*p->optional));
	if (!p->optional)
		return no_memory(l);
	for (uint32_t i = 0; i < l->count; i++)
		if (l->resolved[i] >= RESOLVED_OPTIONAL)
			p->optional[p->optional_count++] =
				(struct bcc_optional){i, l->resolved[i] - RESOLVED_OPTIONAL};
	return 0;
}

bool bcc_program_do_without(struct bcc_program *p)
{
	size_t left = 0;
	int first = BCC_EXTERN_OPTIONAL;

	for (size_t i = 0; i < p->optional_count; i++)
		if (p->optional[i].kind < first)
			first = p->optional[i].kind;
	for (size_t i = 0; i < p->optional_count; i++) {
		if (p->optional[i].kind == first)
			bcc_extern_forget(&p->insns[p->optional[i].insn]);
		else
			p->optional[left++] = p->optional[i];
	}
	if (left == p->optional_count)
		return false;
	p->optional_count = left;
	return true;
}

static int link_program(struct linker *l, const struct bcc_function *function)
{
	struct bcc_program *p = l->program;
	const struct bcc_btf_ext *ext = &l->build->ext;
	int64_t place = place_of(l, function);
	int ret = place < 0 ? place : 0;

	for (size_t i = 0; ret == 0 && i < l->part_count; i++) {
		const struct part part = l->parts[i]; /* the array may move while parts are added */

		ret = bcc_core_relocate(l->build, p, part.function, l->insns, part.at);
		if (ret == 0)
			ret = resolve_relocations(l, &part);
		if (ret == 0)
			ret = resolve_near_calls(l, &part);
	}
	if (ret == 0)
		ret = object_link_collect(
			l, &ext->functions, true, &p->func_info, &p->func_info_count, &p->func_info_rec_size);
	if (ret == 0)
		ret = object_link_collect(
			l, &ext->lines, false, &p->line_info, &p->line_info_count, &p->line_info_rec_size);
	if (ret == 0)
		ret = list_optional(l, p);
	p->insns = l->insns;
	p->insn_count = l->count;
	free(l->parts);
	free(l->resolved);
	return ret;
}

static int index_programs(struct bcc *b)
{
	if (bcc_name_index_init(&b->program_names, b->program_count) < 0)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < b->program_count; i++)
		bcc_name_index_add(&b->program_names, b->programs[i].name, i);
	bcc_name_index_sort(&b->program_names);
	return 0;
}

int bcc_build_read_programs(struct bcc_build *build)
{
	struct bcc *b = build->b;
	size_t count = 0;

	for (size_t i = 0; i < build->function_count; i++)
		count += build->functions[i].is_program;
	b->programs = calloc(count + 1, sizeof(*b->programs));
	if (!b->programs)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < build->function_count; i++) {
		const struct bcc_function *function = &build->functions[i];
		struct bcc_program *p = &b->programs[b->program_count];

		if (!function->is_program)
			continue;
		*p = (struct bcc_program){.owner = b,
			.name = strdup(function->name),
			.section = strdup(build->elf.sections[function->section].name),
			.type = BCC_PROG_TYPE_AUTO,
			.fd = -1};
		b->program_count++;
		if (!p->name || !p->section)
			return bcc_fail(&b->err, -ENOMEM, "out of memory");
	}
	return index_programs(b);
}

int bcc_build_programs(struct bcc_build *build)
{
	struct bcc_program *p = build->b->programs;
	uint64_t total = 0;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < build->function_count; i++) {
		struct linker linker = {.build = build, .program = p};

		if (!build->functions[i].is_program)
			continue;
		ret = link_program(&linker, &build->functions[i]);
		total += p++->insn_count;
		if (ret == 0 && total > MOST_INSNS_OF_ALL)
			ret = bcc_fail(&build->b->err, -E2BIG,
				"the programs have more than %d instructions in all", MOST_INSNS_OF_ALL);
	}
	return ret;
}
