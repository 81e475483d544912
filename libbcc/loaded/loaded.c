/* SPDX-License-Identifier: Apache-2.0 */
/* The list: programs, tables and links by their IDs. */
#include "loaded.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/options.h"
#include "libbcc/kernel/descriptor.h"
#include "libbcc/kernel/map_type.h"
#include "libbcc/kernel/program_name.h"
#include "libbcc/log.h"

/* ---- names of types ---- */

/* Those that are newer than the libbpf of the build. */
static const struct loaded_type {
	int kind, type;
	const char *name;
} loaded_types[] = {
	{BCC_LOADED_PROGRAM, 32, "netfilter"},
	{BCC_LOADED_LINK, 10, "netfilter"},
	{BCC_LOADED_LINK, 11, "tcx"},
	{BCC_LOADED_LINK, 12, "uprobe_multi"},
	{BCC_LOADED_LINK, 13, "netkit"},
	{BCC_LOADED_LINK, 14, "sockmap"},
};

static void loaded_name_type(struct bcc_loaded_entry *entry)
{
	struct bcc_loaded_object *o = &entry->object;

	o->type_name = o->kind == BCC_LOADED_PROGRAM ? libbpf_bpf_prog_type_str(o->type)
		       : o->kind == BCC_LOADED_TABLE ? bcc_map_type_known(o->type)
						     : libbpf_bpf_link_type_str(o->type);
	for (size_t i = 0; i < ARRAY_SIZE(loaded_types) && !o->type_name; i++)
		if (loaded_types[i].kind == o->kind && loaded_types[i].type == o->type)
			o->type_name = loaded_types[i].name;
}

/* ---- entries ---- */

static struct bcc_loaded_entry *loaded_new_entry(struct bcc_loaded *l, int kind, uint32_t id)
{
	struct bcc_loaded_entry *entry;

	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct bcc_loaded_entry *more = reallocarray(l->entries, room, sizeof(*more));

		if (!more)
			return NULL;
		l->entries = more;
		l->room = room;
	}
	entry = &l->entries[l->count++];
	*entry = (struct bcc_loaded_entry){.object = {.kind = kind, .id = id}};
	return entry;
}

static void loaded_free_texts(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

static void loaded_free_entry(struct bcc_loaded_entry *entry)
{
	free(entry->name);
	loaded_free_texts(entry->targets, entry->object.target_count);
	loaded_free_texts(entry->pins, entry->object.pin_count);
	free(entry->holders);
	free(entry->tables);
}

static int loaded_add_text(char ***texts, size_t *count, const char *text)
{
	char **more = reallocarray(*texts, *count + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	*texts = more;
	more[*count] = strdup(text);
	if (!more[*count])
		return -ENOMEM;
	++*count;
	return 0;
}

int bcc_loaded_add_target(struct bcc_loaded_entry *entry, const char *target)
{
	if (!*target)
		return 0;
	for (size_t i = 0; i < entry->object.target_count; i++)
		if (!strcmp(entry->targets[i], target))
			return 0;
	return loaded_add_text(&entry->targets, &entry->object.target_count, target);
}

int bcc_loaded_add_pin(struct bcc_loaded_entry *entry, const char *path)
{
	return loaded_add_text(&entry->pins, &entry->object.pin_count, path);
}

struct bcc_loaded_entry *bcc_loaded_entry_find(const struct bcc_loaded *l, int kind, uint32_t id)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct bcc_loaded_object *o = &l->entries[middle].object;

		if (o->kind == kind && o->id == id)
			return &l->entries[middle];
		if (o->kind < kind || (o->kind == kind && o->id < id))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- what the kernel tells of one ---- */

/* Bytes that are accounted to it; 0: the kernel does not say. */
static uint64_t loaded_memory(int fd)
{
	char path[64], line[256];
	unsigned long long bytes = 0;
	bcc_auto_file FILE *file = NULL;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	return bytes;
}

static int loaded_read_tables(struct bcc_loaded_entry *entry, int fd, uint32_t count)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	if (!count)
		return 0;
	entry->tables = calloc(count, sizeof(*entry->tables));
	if (!entry->tables)
		return -ENOMEM;
	info.nr_map_ids = count;
	info.map_ids = (uintptr_t)entry->tables;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		entry->object.table_count = info.nr_map_ids < count ? info.nr_map_ids : count;
	return 0;
}

static int loaded_read_program(struct bcc_loaded_entry *entry, int fd)
{
	struct bcc_loaded_object *o = &entry->object;
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	char name[256];
	int ret = bpf_obj_get_info_by_fd(fd, &info, &size);

	if (ret)
		return ret;
	o->type = (int)info.type;
	o->loaded_ns = info.load_time;
	o->uid = info.created_by_uid;
	o->bytes = info.xlated_prog_len;
	o->jited_bytes = info.jited_prog_len;
	o->runs = info.run_cnt;
	o->run_ns = info.run_time_ns;
	entry->btf_object = info.attach_btf_obj_id;
	entry->btf_type = info.attach_btf_id;
	entry->name = strdup(bcc_program_name_of_id(o->id, name, sizeof(name)));
	return entry->name ? loaded_read_tables(entry, fd, info.nr_map_ids) : -ENOMEM;
}

static int loaded_read_table(struct bcc_loaded_entry *entry, int fd)
{
	struct bcc_loaded_object *o = &entry->object;
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int ret = bpf_obj_get_info_by_fd(fd, &info, &size);

	if (ret)
		return ret;
	o->type = (int)info.type;
	o->key_size = info.key_size;
	o->value_size = info.value_size;
	o->max_entries = info.max_entries;
	o->flags = info.map_flags;
	entry->name = strndup(info.name, sizeof(info.name));
	return entry->name ? 0 : -ENOMEM;
}

/* Its target is found out when all programs are known. */
static int loaded_read_link(struct bcc_loaded_entry *entry, int fd)
{
	struct bcc_loaded_object *o = &entry->object;
	struct bpf_link_info info = {0};
	uint32_t size = sizeof(info);
	int ret = bpf_obj_get_info_by_fd(fd, &info, &size);

	if (ret)
		return ret;
	o->type = (int)info.type;
	o->program_id = info.prog_id;
	return 0;
}

/* ---- all of a kind ---- */

static const struct loaded_kind {
	const char *name;
	int (*next)(uint32_t id, uint32_t *next);
	int (*open)(uint32_t id);
	int (*read)(struct bcc_loaded_entry *entry, int fd);
	const char *descriptor; /* how /proc calls it */
} loaded_kinds[] = {
	[BCC_LOADED_PROGRAM] = {"programs", bpf_prog_get_next_id, bpf_prog_get_fd_by_id, loaded_read_program,
		"bpf-prog"},
	[BCC_LOADED_TABLE] = {"tables", bpf_map_get_next_id, bpf_map_get_fd_by_id, loaded_read_table,
		"bpf-map"},
	[BCC_LOADED_LINK] = {"links", bpf_link_get_next_id, bpf_link_get_fd_by_id, loaded_read_link,
		"bpf_link"},
};

static int loaded_finish_link(struct bcc_loaded *l, struct bcc_loaded_entry *entry, int fd)
{
	struct bcc_loaded_entry *program =
		bcc_loaded_entry_find(l, BCC_LOADED_PROGRAM, entry->object.program_id);
	char target[4096];
	int ret;

	bcc_loaded_link_target(l, fd, program, target, sizeof(target));
	entry->name = strdup(program ? program->name : "");
	ret = entry->name ? bcc_loaded_add_target(entry, target) : -ENOMEM;
	return ret || !program ? ret : bcc_loaded_add_target(program, target);
}

/* One that is gone meanwhile, or that this user may not look at, is left out. */
static int loaded_read(struct bcc_loaded *l, int kind, uint32_t id)
{
	bcc_auto_fd int fd = loaded_kinds[kind].open(id);
	struct bcc_loaded_entry *entry;
	int ret;

	if (fd < 0)
		return 0;
	entry = loaded_new_entry(l, kind, id);
	if (!entry)
		return -ENOMEM;
	ret = loaded_kinds[kind].read(entry, fd);
	if (ret && ret != -ENOMEM) {
		loaded_free_entry(entry);
		l->count--;
		return 0;
	}
	entry->object.memory = kind == BCC_LOADED_LINK ? 0 : loaded_memory(fd);
	loaded_name_type(entry);
	return ret || kind != BCC_LOADED_LINK ? ret : loaded_finish_link(l, entry, fd);
}

static int loaded_list(struct bcc_loaded *l, int kind)
{
	uint32_t id = 0;
	int ret;

	while (!(ret = loaded_kinds[kind].next(id, &id))) {
		ret = loaded_read(l, kind, id);
		if (ret)
			return bcc_fail(
				&l->err, ret, "out of memory for the list of %s", loaded_kinds[kind].name);
	}
	/* links have been listed since 5.8 */
	if (ret == -ENOENT || (ret == -EINVAL && kind == BCC_LOADED_LINK))
		return 0;
	if (ret == -EPERM)
		return bcc_fail(&l->err, ret,
			"the %s of this kernel cannot be listed: the kernel wants CAP_SYS_ADMIN for that; run it as root",
			loaded_kinds[kind].name);
	return bcc_fail(&l->err, ret, "the %s of this kernel cannot be listed: %s", loaded_kinds[kind].name,
		strerror(-ret));
}

bool bcc_loaded_identify(int fd, int *kind, uint32_t *id)
{
	union {
		struct bpf_prog_info program;
		struct bpf_map_info table;
		struct bpf_link_info link;
	} info;
	uint32_t size;

	for (*kind = 0; *kind < (int)ARRAY_SIZE(loaded_kinds); ++*kind)
		if (bcc_descriptor_is(fd, loaded_kinds[*kind].descriptor) ||
			(*kind == BCC_LOADED_LINK && bcc_descriptor_is(fd, "bpf-link")))
			break;
	if (*kind == (int)ARRAY_SIZE(loaded_kinds))
		return false;
	memset(&info, 0, sizeof(info));
	size = *kind == BCC_LOADED_PROGRAM ? sizeof(info.program)
	       : *kind == BCC_LOADED_TABLE ? sizeof(info.table)
					   : sizeof(info.link);
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return false;
	*id = *kind == BCC_LOADED_PROGRAM ? info.program.id
	      : *kind == BCC_LOADED_TABLE ? info.table.id
					  : info.link.id;
	return true;
}

/* ---- the call ---- */

/* The lists have stopped growing: what they point to is where it stays. */
static void loaded_publish(struct bcc_loaded *l)
{
	for (size_t i = 0; i < l->count; i++) {
		struct bcc_loaded_entry *entry = &l->entries[i];
		struct bcc_loaded_object *o = &entry->object;

		if (!o->type_name) {
			snprintf(entry->type_text, sizeof(entry->type_text), "%d", o->type);
			o->type_name = entry->type_text;
		}
		o->name = entry->name;
		o->targets = (const char *const *)entry->targets;
		o->pins = (const char *const *)entry->pins;
		o->holders = entry->holders;
		o->tables = entry->tables;
	}
}

static int loaded_count_runs(struct bcc_loaded *l)
{
	l->stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (l->stats >= 0)
		return 0;
	if (l->stats == -EPERM)
		return bcc_fail(&l->err, l->stats,
			"the kernel cannot be told to count how often programs run: it wants CAP_SYS_ADMIN for that; "
			"run it as root");
	return bcc_fail(&l->err, l->stats == -EINVAL ? -EOPNOTSUPP : l->stats,
		"the kernel cannot be told to count how often programs run, which takes Linux 5.8: %s",
		strerror(-l->stats));
}

int bcc_loaded_open(const struct bcc_loaded_opts *opts, struct bcc_loaded **out)
{
	struct bcc_loaded_opts known;
	struct bcc_loaded *l;
	BCC_LOG_SCOPE(NULL);
	int ret;

	if (!out)
		return -EINVAL;
	*out = l = calloc(1, sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->stats = -1;
	ret = bcc_opts(&l->err, &known, sizeof(known), opts);
	if (!ret && known.count_runs)
		ret = loaded_count_runs(l);
	for (int kind = 0; kind < (int)ARRAY_SIZE(loaded_kinds) && !ret; kind++)
		ret = loaded_list(l, kind);
	if (!ret && ((!known.no_holders && bcc_loaded_read_holders(l)) ||
			    (!known.no_pins && bcc_loaded_read_pins(l))))
		ret = bcc_fail(&l->err, -ENOMEM, "out of memory for the list of what is loaded");
	btf__free(l->kernel);
	l->kernel = NULL;
	loaded_publish(l);
	return ret;
}

void bcc_loaded_close(struct bcc_loaded *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->count; i++)
		loaded_free_entry(&l->entries[i]);
	free(l->entries);
	if (l->stats >= 0)
		close(l->stats);
	bcc_err_clear(&l->err);
	free(l);
}

const char *bcc_loaded_error(const struct bcc_loaded *l)
{
	if (!l || (l->err.code && !l->err.text))
		return "out of memory";
	return l->err.text ? l->err.text : "";
}

size_t bcc_loaded_count(const struct bcc_loaded *l)
{
	return l && !l->err.code ? l->count : 0;
}

const struct bcc_loaded_object *bcc_loaded_at(const struct bcc_loaded *l, size_t index)
{
	return index < bcc_loaded_count(l) ? &l->entries[index].object : NULL;
}

const struct bcc_loaded_object *bcc_loaded_find(const struct bcc_loaded *l, int kind, uint32_t id)
{
	const struct bcc_loaded_entry *entry =
		bcc_loaded_count(l) ? bcc_loaded_entry_find(l, kind, id) : NULL;

	return entry ? &entry->object : NULL;
}
