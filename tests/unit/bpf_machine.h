/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs BPF objects in the test's own memory, with the verifier's idea of what may be touched directly: stack,
 * context, map values, globals, ring buffer records. All other memory is "the kernel's": it is only reached
 * through bpf_probe_read_kernel(). So a test knows both what a program computes and how it got there.
 */
#ifndef TESTS_UNIT_BPF_MACHINE_H
#define TESTS_UNIT_BPF_MACHINE_H

#include <elf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MACHINE_STACK 512
#define MACHINE_STEPS 1000000

struct machine_region {
	uint8_t *start;
	size_t size;
	int direct; /* otherwise only helpers may read it */
};

struct machine_map {
	const char *name;
	size_t key_size, value_size, count;
	uint8_t keys[64][64], values[64][512];
};

struct machine {
	const uint8_t *elf;
	struct bpf_insn *insns;
	size_t count, base[64]; /* for section i, in instructions */
	struct machine_region regions[128];
	size_t region_count;
	struct machine_map maps[8];
	size_t map_count;
	uint8_t *data[64]; /* for section i: globals */
	unsigned reads, read_bytes, failed_reads, helper_calls;
	unsigned steps;
	uint64_t task;	      /* result of bpf_get_current_task() */
	uint8_t record[1024]; /* result of bpf_ringbuf_reserve() */
	unsigned submitted;
	uint8_t *packet;
	size_t packet_size;
	char error[256];
};

static void machine_region(struct machine *m, void *start, size_t size, int direct)
{
	m->regions[m->region_count++] = (struct machine_region){start, size, direct};
}

static int machine_in(const struct machine *m, uint64_t address, size_t size, int direct)
{
	for (size_t i = 0; i < m->region_count; i++) {
		uint64_t start = (uintptr_t)m->regions[i].start;

		if ((!direct || m->regions[i].direct) && address >= start &&
			address + size <= start + m->regions[i].size)
			return 1;
	}
	return 0;
}

static const Elf64_Shdr *machine_section(const struct machine *m, size_t i)
{
	const Elf64_Ehdr *header = (const void *)m->elf;

	return (const Elf64_Shdr *)(m->elf + header->e_shoff) + i;
}

static const char *machine_string(const struct machine *m, size_t section, size_t offset)
{
	return (const char *)m->elf + machine_section(m, section)->sh_offset + offset;
}

static struct machine_map *machine_map(
	struct machine *m, const char *name, size_t key_size, size_t value_size)
{
	struct machine_map *map = &m->maps[m->map_count++];

	*map = (struct machine_map){.name = name, .key_size = key_size, .value_size = value_size};
	machine_region(m, map->keys, sizeof(map->keys), 1);
	machine_region(m, map->values, sizeof(map->values), 1);
	return map;
}

static void machine_relocate(struct machine *m, const Elf64_Shdr *section)
{
	const Elf64_Rel *rel = (const void *)(m->elf + section->sh_offset);
	const Elf64_Shdr *symbols = machine_section(m, section->sh_link);
	const Elf64_Sym *all = (const void *)(m->elf + symbols->sh_offset);

	for (size_t i = 0; i < section->sh_size / sizeof(*rel); i++) {
		const Elf64_Sym *sym = &all[ELF64_R_SYM(rel[i].r_info)];
		struct bpf_insn *insn = &m->insns[m->base[section->sh_info] + rel[i].r_offset / 8];
		uint64_t value = 0;

		if (insn->code == (BPF_JMP | BPF_CALL)) { /* becomes absolute */
			insn->imm = m->base[sym->st_shndx] + sym->st_value / 8 + insn->imm + 1;
			insn->off = 1;
			continue;
		}
		for (size_t k = 0; k < m->map_count; k++)
			if (!strcmp(m->maps[k].name, machine_string(m, symbols->sh_link, sym->st_name)))
				value = (uintptr_t)&m->maps[k];
		if (!value && m->data[sym->st_shndx])
			value = (uintptr_t)m->data[sym->st_shndx] + sym->st_value + insn[0].imm;
		else if (!value)
			value = m->base[sym->st_shndx] + (sym->st_value + insn[0].imm) / 8;
		insn[0].imm = (uint32_t)value;
		insn[1].imm = value >> 32;
	}
}

/* Maps must have been declared. `elf` must outlive the machine. */
static void machine_load(struct machine *m, const void *elf)
{
	const Elf64_Ehdr *header = elf;

	m->elf = elf;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < header->e_shnum; i++) {
			const Elf64_Shdr *s = machine_section(m, i);
			int code = s->sh_flags & SHF_EXECINSTR;

			if (pass && s->sh_type == SHT_REL &&
				(machine_section(m, s->sh_info)->sh_flags & SHF_EXECINSTR))
				machine_relocate(m, s);
			if (pass || !(s->sh_flags & SHF_ALLOC))
				continue;
			if (code) {
				m->base[i] = m->count;
				m->count += s->sh_size / 8;
				m->insns = realloc(m->insns, m->count * 8 + 8);
				memcpy(m->insns + m->base[i], m->elf + s->sh_offset, s->sh_size);
			} else {
				m->data[i] = calloc(1, s->sh_size + 1);
				if (s->sh_type != SHT_NOBITS)
					memcpy(m->data[i], m->elf + s->sh_offset, s->sh_size);
				machine_region(m, m->data[i], s->sh_size, 1);
			}
		}
	}
	for (size_t i = 0; i < m->count; i++) { /* calls inside .text need no relocation */
		struct bpf_insn *insn = &m->insns[i];

		if (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL && !insn->off)
			insn->imm += i + 1;
	}
	machine_region(m, m->record, sizeof(m->record), 1);
}

static void machine_free(struct machine *m)
{
	for (size_t i = 0; i < 64; i++)
		free(m->data[i]);
	free(m->insns);
}

static uint8_t *machine_lookup(struct machine_map *map, const void *key)
{
	for (size_t i = 0; i < map->count; i++)
		if (!memcmp(map->keys[i], key, map->key_size))
			return map->values[i];
	return NULL;
}

static uint64_t machine_update(struct machine_map *map, const void *key, const void *value)
{
	uint8_t *old = machine_lookup(map, key);

	if (!old) {
		memcpy(map->keys[map->count], key, map->key_size);
		old = map->values[map->count++];
	}
	memcpy(old, value, map->value_size);
	return 0;
}

static uint64_t machine_read(struct machine *m, uint64_t to, uint32_t size, uint64_t from)
{
	m->reads++;
	m->read_bytes += size;
	if (!machine_in(m, to, size, 1))
		snprintf(m->error, sizeof(m->error), "read into memory that is not the program's");
	else if (!machine_in(m, from, size, 0))
		m->failed_reads++, memset((void *)to, 0, size);
	else
		return memmove((void *)to, (void *)from, size), 0;
	return -EFAULT;
}

/* Copies to and from the program's memory; the kernel zeroes what it cannot fill. */
static uint64_t machine_packet(struct machine *m, uint32_t offset, uint64_t memory, uint32_t size, int store)
{
	int inside = (uint64_t)offset + size <= m->packet_size;

	if (!machine_in(m, memory, size, 1))
		snprintf(m->error, sizeof(m->error), "packet to memory that is not the program's");
	else if (inside && store)
		memcpy(m->packet + offset, (void *)memory, size);
	else if (inside)
		memcpy((void *)memory, m->packet + offset, size);
	else if (!store)
		memset((void *)memory, 0, size);
	return inside ? 0 : -EFAULT;
}

static uint64_t machine_run_at(struct machine *m, size_t pc, const uint64_t *arguments);

static uint64_t machine_helper(struct machine *m, int32_t number, uint64_t *r)
{
	struct machine_map *map = (void *)r[1];
	uint64_t arguments[5];

	m->helper_calls++;
	switch (number) {
	case BPF_FUNC_map_lookup_elem:
		return (uintptr_t)machine_lookup(map, (void *)r[2]);
	case BPF_FUNC_map_update_elem:
		return machine_update(map, (void *)r[2], (void *)r[3]);
	case BPF_FUNC_probe_read:
	case BPF_FUNC_probe_read_kernel:
		return machine_read(m, r[1], r[2], r[3]);
	case BPF_FUNC_get_current_task:
		return m->task;
	case BPF_FUNC_get_current_comm:
		strncpy((void *)r[1], "machine", r[2]);
		return 0;
	case BPF_FUNC_skb_load_bytes:
	case BPF_FUNC_xdp_load_bytes:
		return machine_packet(m, r[2], r[3], r[4], 0);
	case BPF_FUNC_skb_store_bytes:
	case BPF_FUNC_xdp_store_bytes:
		return machine_packet(m, r[2], r[3], r[4], 1);
	case BPF_FUNC_ringbuf_reserve:
		return (uintptr_t)m->record;
	case BPF_FUNC_ringbuf_submit:
		m->submitted++;
		return 0;
	case BPF_FUNC_for_each_map_elem:
		for (size_t i = 0; i < map->count; i++) {
			arguments[0] = r[1];
			arguments[1] = (uintptr_t)map->keys[i];
			arguments[2] = (uintptr_t)map->values[i];
			arguments[3] = r[3];
			arguments[4] = 0;
			machine_run_at(m, r[2], arguments);
		}
		return map->count;
	}
	snprintf(m->error, sizeof(m->error), "call of helper %d", number);
	return 0;
}

static uint64_t machine_alu(uint8_t op, uint64_t a, uint64_t b, int is64)
{
	unsigned shift = b & (is64 ? 63 : 31);

	switch (op) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return b ? a / b : 0;
	case BPF_MOD:
		return b ? a % b : a;
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << shift;
	case BPF_RSH:
		return a >> shift;
	case BPF_ARSH:
		return is64 ? (uint64_t)((int64_t)a >> shift) : (uint32_t)((int32_t)a >> shift);
	case BPF_NEG:
		return -a;
	default: /* BPF_MOV */
		return b;
	}
}

static int machine_test(uint8_t op, uint64_t a, uint64_t b, int64_t sa, int64_t sb)
{
	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSGT:
		return sa > sb;
	case BPF_JSGE:
		return sa >= sb;
	case BPF_JSLT:
		return sa < sb;
	case BPF_JSLE:
		return sa <= sb;
	case BPF_JSET:
		return (a & b) != 0;
	default: /* BPF_JA */
		return 1;
	}
}

static size_t machine_size(uint8_t code)
{
	switch (BPF_SIZE(code)) {
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

static uint64_t machine_swap(uint64_t v, int bits, int big)
{
	uint64_t result = bits == 64 ? v : v & ((1ULL << bits) - 1);

	if (!big)
		return result;
	return bits == 16 ? __builtin_bswap16(v) : bits == 32 ? __builtin_bswap32(v) : __builtin_bswap64(v);
}

static void machine_atomic(const struct bpf_insn *i, uint64_t *r, uint64_t address, size_t size)
{
	uint64_t old = 0, source = r[i->src_reg], new;

	memcpy(&old, (void *)address, size);
	if (i->imm == BPF_CMPXCHG) {
		new = old == r[0] ? source : old;
		r[0] = old;
	} else if (i->imm == BPF_XCHG) {
		new = source;
		r[i->src_reg] = old;
	} else {
		new = machine_alu(i->imm & 0xf0, old, source, 1);
		if (i->imm & BPF_FETCH)
			r[i->src_reg] = old;
	}
	memcpy((void *)address, &new, size);
}

/* One load or store; errors stop the machine. */
static void machine_memory(struct machine *m, const struct bpf_insn *i, uint64_t *r)
{
	size_t size = machine_size(i->code);
	int is_load = BPF_CLASS(i->code) == BPF_LDX;
	uint64_t address = r[is_load ? i->src_reg : i->dst_reg] + i->off, value = 0;

	if (!machine_in(m, address, size, 1)) {
		snprintf(m->error, sizeof(m->error),
			"direct %s of %zu bytes of memory that is not the program's",
			is_load ? "load" : "store", size);
		return;
	}
	if (is_load) {
		memcpy(&value, (void *)address, size);
		r[i->dst_reg] = value;
	} else if (BPF_CLASS(i->code) == BPF_ST) {
		value = (int64_t)i->imm;
		memcpy((void *)address, &value, size);
	} else if (BPF_MODE(i->code) == BPF_ATOMIC) {
		machine_atomic(i, r, address, size);
	} else {
		memcpy((void *)address, &r[i->src_reg], size);
	}
}

static void machine_compute(const struct bpf_insn *i, uint64_t *r)
{
	int is64 = BPF_CLASS(i->code) == BPF_ALU64;
	uint64_t a = r[i->dst_reg], b = BPF_SRC(i->code) == BPF_X ? r[i->src_reg] : (uint64_t)(int64_t)i->imm;

	if (BPF_OP(i->code) == BPF_END) {
		r[i->dst_reg] = machine_swap(a, i->imm, BPF_SRC(i->code) == BPF_X);
		return;
	}
	if (!is64)
		a = (uint32_t)a, b = (uint32_t)b;
	a = machine_alu(BPF_OP(i->code), a, b, is64);
	r[i->dst_reg] = is64 ? a : (uint32_t)a;
}

static int machine_branch(const struct bpf_insn *i, const uint64_t *r)
{
	uint64_t a = r[i->dst_reg], b = BPF_SRC(i->code) == BPF_X ? r[i->src_reg] : (uint64_t)(int64_t)i->imm;

	if (BPF_CLASS(i->code) == BPF_JMP32)
		return machine_test(BPF_OP(i->code), (uint32_t)a, (uint32_t)b, (int32_t)a, (int32_t)b);
	return machine_test(BPF_OP(i->code), a, b, a, b);
}

static uint64_t machine_call(struct machine *m, const struct bpf_insn *i, uint64_t *r)
{
	return i->src_reg == BPF_PSEUDO_CALL ? machine_run_at(m, i->imm, r + 1)
					     : machine_helper(m, i->imm, r);
}

static uint64_t machine_run_at(struct machine *m, size_t pc, const uint64_t *arguments)
{
	uint8_t stack[MACHINE_STACK] __attribute__((aligned(8)));
	uint64_t r[11] = {0};

	memset(stack, 0xa5, sizeof(stack)); /* programs must not rely on its contents */
	memcpy(&r[1], arguments, 5 * sizeof(*r));
	r[10] = (uintptr_t)stack + sizeof(stack);
	machine_region(m, stack, sizeof(stack), 1);
	while (!m->error[0]) {
		const struct bpf_insn *i = &m->insns[pc++];

		if (m->steps++ > MACHINE_STEPS)
			snprintf(m->error, sizeof(m->error), "the program does not end");
		switch (BPF_CLASS(i->code)) {
		case BPF_ALU:
		case BPF_ALU64:
			machine_compute(i, r);
			break;
		case BPF_LD: /* two slots with a 64-bit constant */
			r[i->dst_reg] = (uint32_t)i[0].imm | (uint64_t)(uint32_t)i[1].imm << 32;
			pc++;
			break;
		case BPF_JMP:
		case BPF_JMP32:
			if (BPF_OP(i->code) == BPF_EXIT)
				goto out;
			if (BPF_OP(i->code) == BPF_CALL)
				r[0] = machine_call(m, i, r);
			else if (machine_branch(i, r))
				pc += i->off;
			break;
		default:
			machine_memory(m, i, r);
		}
	}
out:
	m->region_count--;
	return r[0];
}

/* Runs the program in `section` with this context; returns the low half of r0. m->error has the reason of a
 * failure. */
static uint32_t machine_run(struct machine *m, const char *section, void *context, size_t size)
{
	const Elf64_Ehdr *header = (const void *)m->elf;
	uint64_t arguments[5] = {(uintptr_t)context}, result = 0;

	m->reads = m->read_bytes = m->failed_reads = m->helper_calls = m->steps = 0;
	m->error[0] = '\0';
	machine_region(m, context, size, 1);
	for (size_t i = 1; i < header->e_shnum; i++) {
		const Elf64_Shdr *s = machine_section(m, i);

		if (!(s->sh_flags & SHF_EXECINSTR) ||
			strcmp(machine_string(m, header->e_shstrndx, s->sh_name), section))
			continue;
		result = machine_run_at(m, m->base[i], arguments);
		m->region_count--;
		return result;
	}
	m->region_count--;
	snprintf(m->error, sizeof(m->error), "no section %s", section);
	return 0;
}

#endif
