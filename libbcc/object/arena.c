/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arenas (Linux 6.9): memory that programs and this process share, at the same addresses. The kernel gives an
 * arena its address when it is mapped, and no program can be loaded before. Variables of the text with
 * address_space(1), which the compiler puts into section .addr_space.1, are in its last pages, since a null
 * pointer is the address of its first; of a large one at ARENA_REACH, beyond which the verifier refuses
 * offsets (BPF_MAX_VAR_OFF).
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/kernel_bpf.h"
#include "build.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

enum { ARENA_REACH = 1 << 29 };

static size_t arena_pages(size_t bytes)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

/* Where the text says (map_extra), or anywhere. */
static int arena_map(struct bcc *b, struct bcc_table *t, uint64_t address)
{
	size_t size = (size_t)t->max_entries * sysconf(_SC_PAGESIZE);
	void *memory = mmap((void *)(uintptr_t)address, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | (address ? MAP_FIXED_NOREPLACE : 0), t->fd, 0);

	if (memory == MAP_FAILED)
		return bcc_fail(&b->err, -errno, "arena %s cannot be mapped into this process: %s%s", t->name,
			strerror(errno), errno == EEXIST ? "; something else is at its address" : "");
	t->arena = memory;
	t->arena_bytes = size;
	return 0;
}

/* The kernel makes pages when they are written, and answers with a signal where it has none. */
static int arena_set_variables(struct bcc_build *build, struct bcc_table *t)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, BCC_ARENA_SECTION);
	const uint8_t *set = build->section_values[bcc_elf_section_index(&build->elf, section)];
	size_t size = arena_pages(section->size);
	char *memory;

	if (size > t->arena_bytes || size > ARENA_REACH)
		return bcc_fail(&build->b->err, -E2BIG,
			"the text's variables in arena %s have %llu bytes, and the arena %zu", t->name,
			(unsigned long long)section->size, t->arena_bytes);
	build->arena = t;
	build->arena_at = (t->arena_bytes < ARENA_REACH ? t->arena_bytes : ARENA_REACH) - size;
	memory = t->arena + build->arena_at;
	if (madvise(memory, size, MADV_POPULATE_WRITE))
		return bcc_fail(&build->b->err, -errno,
			"there are no pages for the text's variables in arena %s: %s%s", t->name,
			strerror(errno),
			errno == EFAULT ? " (with BPF_F_SEGV_ON_FAULT, only programs make some)" : "");
	if (set || section->data)
		memcpy(memory, set ? set : section->data, section->size);
	return 0;
}

int bcc_build_arena(struct bcc_build *build)
{
	const struct bcc_section *section = bcc_elf_section(&build->elf, BCC_ARENA_SECTION);
	struct bcc *b = build->b;

	for (size_t i = 0; i < b->table_count; i++) {
		struct bcc_table *t = &b->tables[i];
		int ret;

		if (t->type != KERNEL_BPF_MAP_TYPE_ARENA)
			continue;
		ret = arena_map(b, t, build->wanted[i].def.extra);
		if (ret == 0 && section && section->size && !build->arena)
			ret = arena_set_variables(build, t);
		if (ret)
			return ret;
	}
	return 0;
}

void bcc_arena_close(struct bcc_table *t)
{
	if (t->arena)
		munmap(t->arena, t->arena_bytes);
}
