/* SPDX-License-Identifier: Apache-2.0 */
#include "mapped_files.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "common/sorted_search.h"
#include "process_maps.h"

struct map_reader {
	struct bcc_process_map map;
	bool with_data;
	size_t seen;
	/*
	 * The modules by what identifies their files. The process chooses their number and names: a balanced
	 * tree copes with the worst case, where names could be made to collide in a hash table.
	 */
	void *by_file;
	struct bcc_process_module **end; /* end of the list */
	/* where the last file is mapped from its start */
	uint64_t head, head_inode;
};

static int mapped_files_compare_files(const void *a, const void *b)
{
	const struct bcc_process_module *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->device_major != y->device_major)
		return x->device_major < y->device_major ? -1 : 1;
	if (x->device_minor != y->device_minor)
		return x->device_minor < y->device_minor ? -1 : 1;
	return strcmp(x->path, y->path);
}

static struct bcc_process_module *find_file(void *by_file, const struct bcc_process_module *like)
{
	struct bcc_process_module **found = tfind(like, &by_file, mapped_files_compare_files);

	return found ? *found : NULL;
}

/* Its path is stored after it. */
static struct bcc_process_module *copy_module(const struct bcc_process_module *module)
{
	size_t size = strlen(module->path) + 1;
	struct bcc_process_module *copy = malloc(sizeof(*copy) + size);

	if (!copy)
		return NULL;
	*copy = *module;
	copy->path = memcpy(copy + 1, module->path, size);
	return copy;
}

/* Returns false when out of memory. Memory without a path belongs to no module. */
static bool module_of(
	struct map_reader *r, const struct bcc_process_mapping *mapping, struct bcc_process_module **module)
{
	struct bcc_process_module own = {
		.path = mapping->path,
		.device_major = mapping->device_major,
		.device_minor = mapping->device_minor,
		.inode = mapping->inode,
		.start = mapping->start,
		.end = mapping->end,
	};

	if (!*mapping->path)
		return true;
	*module = find_file(r->by_file, &own);
	if (*module)
		return true;
	*module = copy_module(&own);
	if (!*module)
		return false;
	*r->end = *module;
	r->end = &(*module)->next;
	return tsearch(*module, &r->by_file, mapped_files_compare_files);
}

static int mapped_files_add_mapping(void *ctx, const struct bcc_process_mapping *mapping)
{
	struct map_reader *r = ctx;
	struct bcc_process_map *map = &r->map;
	struct bcc_process_range *range;

	r->seen++;
	if (mapping->inode && !mapping->offset) {
		r->head = mapping->start;
		r->head_inode = mapping->inode;
	}
	if (mapping->permissions[2] != 'x' && !(r->with_data && mapping->inode))
		return 0;
	if (map->count == map->room) {
		size_t room = 2 * map->room + 64;
		struct bcc_process_range *ranges = reallocarray(map->ranges, room, sizeof(*ranges));

		if (!ranges)
			return -ENOMEM;
		map->ranges = ranges;
		map->room = room;
	}
	range = &map->ranges[map->count];
	*range = (struct bcc_process_range){.start = mapping->start,
		.end = mapping->end,
		.offset = mapping->offset,
		.executable = mapping->permissions[2] == 'x'};
	if (!module_of(r, mapping, &range->module))
		return -ENOMEM;
	map->count++;
	if (range->module && mapping->inode && r->head_inode == mapping->inode)
		range->module->head = r->head;
	return 0;
}

/* Keeps what was read from files that are still mapped. Returns true if something else had been read too. */
static bool move_tables(struct bcc_process_map *from, void *by_file)
{
	bool left = false;

	for (struct bcc_process_module *old = from->modules; old; old = old->next) {
		struct bcc_process_module *new = find_file(by_file, old);

		/* the vdso can only be recognised by its address */
		if (new && (old->inode || old->start == new->start)) {
			new->table = old->table;
			new->tried = old->tried;
			old->table = NULL;
		}
		left = left || old->table;
	}
	return left;
}

static void mapped_files_stays(void *module)
{
}

int bcc_process_map_update(struct bcc_process_map *map, FILE *maps, bool with_data, bool *dropped)
{
	struct map_reader reader = {.with_data = with_data, .end = &reader.map.modules};
	int ret = bcc_process_maps_each(maps, mapped_files_add_mapping, &reader);

	*dropped = false;
	if (!ret && (reader.seen || !map->count)) {
		*dropped = move_tables(map, reader.by_file);
		bcc_process_map_free(map);
		*map = reader.map;
	} else {
		bcc_process_map_free(&reader.map);
	}
	tdestroy(reader.by_file, mapped_files_stays);
	return ret;
}

void bcc_process_map_free(struct bcc_process_map *map)
{
	struct bcc_process_module *next;

	for (struct bcc_process_module *module = map->modules; module; module = next) {
		next = module->next;
		bcc_elf_table_put(module->table);
		free(module);
	}
	free(map->ranges);
	*map = (struct bcc_process_map){0};
}

const struct bcc_process_range *bcc_process_map_at(const struct bcc_process_map *map, uint64_t address)
{
	size_t after = bcc_partition_point(i, map->count, map->ranges[i].start <= address);

	return after && address < map->ranges[after - 1].end ? &map->ranges[after - 1] : NULL;
}
