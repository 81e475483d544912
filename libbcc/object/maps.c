/* SPDX-License-Identifier: Apache-2.0 */
/* Creates kernel maps for the tables of the text. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cpu_list.h"
#include "common/sorted_search.h"
#include "common/text_place.h"
#include "libbcc/kernel/map_type.h"
#include "libbcc/log.h"
#include "build.h"
#include "map_attributes.h"
#include "pinned.h"
#include "program_slots.h"
#include "shared_tables.h"

/* As libbpf does: to whole pages, a power of two of them. */
static uint32_t object_maps_round_ring(uint32_t bytes)
{
	uint32_t size = sysconf(_SC_PAGESIZE);

	while (size < bytes && size < 1U << 31)
		size *= 2;
	return bytes ? size : 0;
}

/* Fills in what the kernel requires and a text may leave out. */
static int complete_def(struct bcc_build *build, const char *name, struct bcc_map_def *def)
{
	const unsigned traits = bcc_map_type(def->type).traits;
	const uint32_t page = sysconf(_SC_PAGESIZE);

	if ((traits & BCC_MAP_KEY_U32) && !def->key_size)
		def->key_size = sizeof(uint32_t);
	if ((traits & BCC_MAP_VALUE_U32) && !def->value_size)
		def->value_size = sizeof(uint32_t);
	if ((traits & BCC_MAP_ENTRY_A_CPU) && !def->max_entries)
		def->max_entries = bcc_cpus_end("possible");
	if (traits & BCC_MAP_ENTRY_AN_OWNER)
		def->max_entries = 0;
	if (traits & BCC_MAP_NO_PREALLOC)
		def->flags |= BPF_F_NO_PREALLOC;
	if (traits & (BCC_MAP_KEYLESS | BCC_MAP_BYTES))
		def->key_size = 0;
	if (!(traits & BCC_MAP_BYTES))
		return 0;
	/* a type given for the records is only information for the reader */
	def->value_size = 0;
	if (build->b->libbpf) {
		/* none: the program sets it before it is created */
		def->max_entries = object_maps_round_ring(def->max_entries);
		return 0;
	}
	if (def->max_entries < page || (def->max_entries & (def->max_entries - 1)))
		return bcc_fail(&build->b->err, -EINVAL,
			"table %s: a ring buffer's size in bytes must be a power of two and at least one page (%u), not %u",
			name, page, def->max_entries);
	return 0;
}

/* The inner table is defined within the outer one. */
static int create_inner(struct bcc_build *build, const char *name, const struct bcc_map_def *outer, int *out)
{
	struct bcc_map_def def;
	int ret = bcc_map_def_read(build->b->btf, name, outer->inner_type, &def, &build->b->err);

	if (ret == 0)
		ret = complete_def(build, name, &def);
	if (ret < 0)
		return ret;
	if (def.inner_type)
		return bcc_fail(
			&build->b->err, -EINVAL, "table %s: maps of maps can only be nested one level", name);
	return bcc_table_create_inner(build->b, name, &def, out);
}

/* Opens the table that the text names as the template for entries. The caller closes `*out`. */
static int open_inner(struct bcc_build *build, const char *name, const char *inner, int *out)
{
	const struct bcc_table *t = bcc_table_find(build->b, inner);

	if (!t)
		return bcc_fail(&build->b->err, -EINVAL,
			"table %s: the text has no table \"%s\" to serve as template for its entries", name,
			inner);
	if (bcc_map_has(t->type, BCC_MAP_OF_MAPS) || t->fd < 0)
		return bcc_fail(&build->b->err, -EINVAL,
			"table %s: maps of maps can only be nested one level, and \"%s\" already holds tables",
			name, inner);
	*out = fcntl(t->fd, F_DUPFD_CLOEXEC, 0);
	return *out < 0 ? bcc_fail(&build->b->err, -errno, "table %s: %m", name) : 0;
}

static int create_own(
	struct bcc_build *build, const char *name, struct bcc_wanted_table *w, int inner_fd, int *fd)
{
	if (w->words.path)
		return bcc_pinned_at(build->b, w->words.path, name, &w->def, inner_fd, fd);
	if (w->def.pinning)
		return bcc_pinned_by_name(build->b, name, &w->def, inner_fd, fd);
	return bcc_table_create(build->b, name, &w->def, inner_fd, fd);
}

static int create_wanted(
	struct bcc_build *build, const char *name, struct bcc_wanted_table *w, int inner_fd, int *fd)
{
	int ret;

	if (w->def.type != BCC_MAP_TYPE_EXTERN && !w->words.is_public && !w->words.is_shared)
		return create_own(build, name, w, inner_fd, fd);
	bcc_shared_tables_lock();
	if (w->def.type == BCC_MAP_TYPE_EXTERN)
		ret = bcc_shared_table_use(build->b, name, &w->def, fd);
	else
		ret = w->words.is_shared ? bcc_shared_table_join(build->b, name, &w->def, fd) : 0;
	if (ret == 0 && *fd < 0)
		ret = create_own(build, name, w, inner_fd, fd);
	if (ret == 0 && (w->words.is_public || w->words.is_shared))
		ret = bcc_shared_table_add(build->b, name, &w->def, *fd, w->words.is_shared);
	bcc_shared_tables_unlock();
	return ret;
}

/* What the handle says of a table is what it is defined as, until it exists. */
static void describe_table(struct bcc_table *t, const struct bcc_map_def *def)
{
	t->type = def->type;
	t->key_size = def->key_size;
	t->value_size = def->value_size;
	t->max_entries = def->max_entries;
	t->flags = def->flags;
	t->btf_key_type = def->btf_key_type;
	t->btf_value_type = def->btf_value_type;
}

/* Sizes that a program in libbpf's dialect leaves to its loader, which knows what it is asked to do. Nobody
 * has set them: those of BCC's tables. */
static void fill_left_out(struct bcc_build *build, const struct bcc_table *t, struct bcc_map_def *def)
{
	if (!build->b->libbpf || def->max_entries)
		return;
	switch (def->type) {
	case BPF_MAP_TYPE_STACK_TRACE:
		def->max_entries = 16384;
		if (!def->value_size)
			def->value_size = 127 * sizeof(uint64_t); /* PERF_MAX_STACK_DEPTH */
		break;
	case BPF_MAP_TYPE_RINGBUF:
		def->max_entries = 256 << 10;
		break;
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		def->max_entries = 10240;
		break;
	default:
		return;
	}
	bcc_say(build->b, BCC_LOG_WARN, "the text does not say how large table %s is: it gets %u %s\n",
		t->name, def->max_entries, def->type == BPF_MAP_TYPE_RINGBUF ? "bytes" : "entries");
}

static int create_table(struct bcc_build *build, struct bcc_table *t, struct bcc_wanted_table *w)
{
	int inner_fd = -1, ret = 0;

	w->def.max_entries = t->max_entries; /* which the program may have changed meanwhile */
	if (build->b->libbpf && bcc_map_has(t->type, BCC_MAP_BYTES))
		w->def.max_entries = object_maps_round_ring(t->max_entries);
	fill_left_out(build, t, &w->def);
	if (w->def.inner_type)
		ret = create_inner(build, t->name, &w->def, &inner_fd);
	else if (w->words.inner)
		ret = open_inner(build, t->name, w->words.inner, &inner_fd);
	if (ret == 0)
		ret = create_wanted(build, t->name, w, inner_fd, &t->fd);
	if (inner_fd >= 0)
		close(inner_fd);
	describe_table(t, &w->def);
	return ret;
}

/* How many tables start at or before `offset` of .maps: they are sorted (btf_load.c). */
static size_t tables_up_to(const struct bcc_build *build, uint64_t offset)
{
	return bcc_partition_point(i, build->b->table_count, build->table_offsets[i] <= offset);
}

struct bcc_table *bcc_build_table_at(struct bcc_build *build, uint64_t offset)
{
	size_t i = tables_up_to(build, offset);

	return i && build->table_offsets[i - 1] == offset ? &build->b->tables[i - 1] : NULL;
}

/* The program that a relocation is about, NULL: it is about something else. */
static struct bcc_program *program_of(struct bcc_build *build, const struct bcc_symbol *symbol)
{
	const struct bcc_function *function =
		symbol->section && symbol->value % 8 == 0
			? bcc_build_function_at(build, symbol->section, symbol->value / 8)
			: NULL;

	return function && function->is_program ? bcc_program_find(build->b, function->name) : NULL;
}

/* Applies one of .maps' relocations: puts a table into another's initial entries, or a program into a table
 * of programs. */
static int set_initial(struct bcc_build *build, const struct bcc_relocation *rel)
{
	struct bcc_err *err = &build->b->err;
	const struct bcc_table *inner = NULL;
	struct bcc_program *program;
	struct bcc_table *outer;
	uint64_t first;
	uint32_t slot;
	size_t i = tables_up_to(build, rel->offset);
	int ret;

	if (i == 0)
		return bcc_fail(
			err, -EINVAL, "the compiled object is damaged: a relocation before the first table");
	outer = &build->b->tables[i - 1];
	first = build->table_offsets[i - 1] + build->wanted[i - 1].def.values_offset;
	if (build->maps == &build->elf.sections[rel->symbol->section])
		inner = bcc_build_table_at(build, rel->symbol->value);
	program = outer->type == BPF_MAP_TYPE_PROG_ARRAY ? program_of(build, rel->symbol) : NULL;
	if (!build->wanted[i - 1].def.values_offset || rel->offset < first || (rel->offset - first) % 8 ||
		(!inner && !program))
		return bcc_fail(err, -EINVAL,
			"table %s: only tables, and programs in a table of programs, can be given as initial entries; set others with bcc_table_set()",
			outer->name);
	slot = (rel->offset - first) / 8;
	if (program)
		return bcc_program_slot_add(build, outer, slot, program);
	ret = bpf_map_update_elem(outer->fd, &slot, &inner->fd, BPF_ANY);
	if (ret < 0)
		return bcc_fail(err, ret, "table %s: table %s cannot be its entry %u: %s", outer->name,
			inner->name, slot, strerror(-ret));
	return 0;
}

static int set_initial_entries(struct bcc_build *build)
{
	struct bcc_relocation rel;

	for (size_t i = 0; i < bcc_elf_relocation_count(build->maps); i++) {
		int ret = bcc_elf_relocation(&build->elf, build->maps, i, &rel, &build->b->err);

		if (ret == 0)
			ret = set_initial(build, &rel);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int allocate_tables(struct bcc_build *build, uint32_t count)
{
	struct bcc *b = build->b;

	b->tables = calloc(count + 1, sizeof(*b->tables));
	build->table_offsets = calloc(count + 1, sizeof(*build->table_offsets));
	build->wanted = calloc(count + 1, sizeof(*build->wanted));
	return b->tables && build->table_offsets && build->wanted
		       ? 0
		       : bcc_fail(&b->err, -ENOMEM, "out of memory");
}

static int object_maps_name_table(struct bcc_build *build, uint32_t i, const struct btf_var_secinfo *info)
{
	const struct btf_type *var = btf__type_by_id(build->b->btf, info->type);
	struct bcc_table *t = &build->b->tables[i];

	*t = (struct bcc_table){.owner = build->b, .fd = -1};
	build->b->table_count++;
	build->table_offsets[i] = info->offset;
	t->name = strdup(btf__str_by_offset(build->b->btf, var->name_off));
	return t->name ? 0 : bcc_fail(&build->b->err, -ENOMEM, "out of memory");
}

static int index_tables(struct bcc *b)
{
	if (bcc_name_index_init(&b->table_names, b->table_count) < 0)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < b->table_count; i++)
		bcc_name_index_add(&b->table_names, b->tables[i].name, i);
	bcc_name_index_sort(&b->table_names);
	return 0;
}

static int read_table(struct bcc_build *build, uint32_t i, const struct btf_var_secinfo *info)
{
	struct bcc_table *t = &build->b->tables[i];
	struct bcc_wanted_table *w = &build->wanted[i];
	uint32_t type = btf__type_by_id(build->b->btf, info->type)->type;
	int ret = bcc_map_def_read(build->b->btf, t->name, type, &w->def, &build->b->err);

	if (ret == 0)
		ret = bcc_table_words(&build->elf, t->name, &w->words, &build->b->err);
	if (ret == 0)
		ret = complete_def(build, t->name, &w->def);
	describe_table(t, &w->def);
	return ret;
}

/* Puts the table's place in the text before its error. */
static int object_maps_fail(const struct bcc_table *t, int ret)
{
	struct bcc *b = t->owner;
	struct bcc_text_place place;

	if (ret >= 0 || !b->text || !bcc_text_find(b->text, t->name, &place))
		return ret;
	b->err.code = ret;
	return bcc_fail_prefix(&b->err, "%s:%u", b->name, place.line);
}

int bcc_build_read_maps(struct bcc_build *build)
{
	const struct btf_type *section;
	struct bcc *b = build->b;
	int32_t id;
	int ret;

	build->maps = bcc_elf_section(&build->elf, ".maps");
	if (b->libbpf && bcc_elf_section(&build->elf, "maps"))
		return bcc_fail(&b->err, -EINVAL,
			"the text has tables in section \"maps\", as libbpf took them before 1.0; define them in SEC(\".maps\"), with "
			"__uint(type, …) and __type(key, …) in place of struct bpf_map_def");
	if (!build->maps)
		return 0;
	id = b->btf ? btf__find_by_name_kind(b->btf, ".maps", BTF_KIND_DATASEC) : -ENOENT;
	if (id < 0)
		return bcc_fail(
			&b->err, -EINVAL, "the compiled object has tables, but no type information for them");
	section = btf__type_by_id(b->btf, id);
	ret = allocate_tables(build, btf_vlen(section));
	for (uint32_t i = 0; ret == 0 && i < btf_vlen(section); i++)
		ret = object_maps_name_table(build, i, &btf_var_secinfos(section)[i]);
	if (ret == 0)
		ret = index_tables(b);
	for (uint32_t i = 0; ret == 0 && i < b->table_count; i++)
		ret = object_maps_fail(&b->tables[i], read_table(build, i, &btf_var_secinfos(section)[i]));
	return ret;
}

int bcc_build_maps(struct bcc_build *build)
{
	struct bcc *b = build->b;
	int ret = 0;

	if (!build->maps)
		return 0;
	/* those that others name as what their entries are like come first */
	for (int named = 0; ret == 0 && named <= 1; named++)
		for (uint32_t i = 0; ret == 0 && i < b->table_count; i++)
			if ((build->wanted[i].words.inner != NULL) == named)
				ret = object_maps_fail(
					&b->tables[i], create_table(build, &b->tables[i], &build->wanted[i]));
	return ret < 0 ? ret : set_initial_entries(build);
}
