/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the text → maps in the kernel. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kernel_name.h"
#include "../permission.h"
#include "build.h"

#define PIN_FOLDER "/sys/fs/bpf"

/* Map types that hold no values of the text's own types: the kernel takes no BTF for them. */
static bool takes_btf(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_PROG_ARRAY:
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_CPUMAP:
	case BPF_MAP_TYPE_XSKMAP:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_REUSEPORT_SOCKARRAY:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
	case BPF_MAP_TYPE_BLOOM_FILTER:
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
		return false;
	default:
		return true;
	}
}

int bcc_map_create(const struct bcc *b, const char *name, const struct bcc_map_def *def, int inner_fd)
{
	char kernel_name[BPF_OBJ_NAME_LEN];
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = def->flags, .map_extra = def->extra,
		.numa_node = def->numa_node);
	int fd, again;

	bcc_kernel_name(kernel_name, name);
	if (inner_fd >= 0)
		opts.inner_map_fd = inner_fd;
	if (b->btf_fd >= 0 && def->btf_value_type && takes_btf(def->type)) {
		opts.btf_fd = b->btf_fd;
		opts.btf_key_type_id = def->btf_key_type;
		opts.btf_value_type_id = def->btf_value_type;
	}
	fd = bpf_map_create(def->type, kernel_name, def->key_size, def->value_size, def->max_entries, &opts);
	if (fd >= 0 || fd == -EPERM || !opts.btf_fd)
		return fd;
	opts.btf_fd = opts.btf_key_type_id = opts.btf_value_type_id = 0;
	again = bpf_map_create(
		def->type, kernel_name, def->key_size, def->value_size, def->max_entries, &opts);
	return again >= 0 ? again : fd;
}

/* What the kernel expects and a text may leave out. */
static int complete_def(struct bcc_build *build, const char *name, struct bcc_map_def *def)
{
	struct bcc_err *err = &build->b->err;
	uint32_t page = sysconf(_SC_PAGESIZE);

	switch (def->type) {
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
		if (!def->max_entries)
			def->max_entries = libbpf_num_possible_cpus() > 0 ? libbpf_num_possible_cpus() : 1;
		/* fallthrough */
	case BPF_MAP_TYPE_PROG_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
		if (!def->key_size)
			def->key_size = sizeof(uint32_t);
		/* fallthrough */
	case BPF_MAP_TYPE_HASH_OF_MAPS:
		if (!def->value_size)
			def->value_size = sizeof(uint32_t);
		break;
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
		/* these have neither keys nor values; a type given for the records is for the reader */
		def->key_size = def->value_size = 0;
		if (def->max_entries < page || (def->max_entries & (def->max_entries - 1)))
			return bcc_fail(err, -EINVAL,
				"table %s: a ring buffer's size is a power of two of bytes and at least a page (%u), not %u",
				name, page, def->max_entries);
		break;
	}
	return 0;
}

static int fail_create(struct bcc_build *build, const char *name, const struct bcc_map_def *def, int code)
{
	struct bcc_err *err = &build->b->err;
	const char *type = libbpf_bpf_map_type_str(def->type);
	const char *hint = "";

	if (code == -EPERM)
		return bcc_fail_permission(err, "table %s cannot be created", name);
	if (code == -524) /* the kernel's own ENOTSUPP, which user space has no name for */
		code = -EOPNOTSUPP;
	if (code == -ENOSYS)
		return bcc_fail(
			err, code, "table %s cannot be created: this kernel has no bpf() system call", name);
	if (code == -EINVAL)
		hint = def->max_entries
			       ? " (the kernel does not know this type, or not with these sizes or flags)"
			       : " (it has no size: how many entries?)";
	if (code == -E2BIG)
		hint = " (the kernel refuses so large a key, value or table)";
	return bcc_fail(err, code,
		"table %s cannot be created: %s%s; type %s, key %u bytes, value %u bytes, %u entries, flags %#x",
		name, strerror(-code), hint, type ? type : "unknown", def->key_size, def->value_size,
		def->max_entries, def->flags);
}

/* The table that someone has pinned under this name: 0 when it is there and fits. */
static int open_pinned(
	struct bcc_build *build, const char *path, const char *name, const struct bcc_map_def *def, int *out)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int fd = bpf_obj_get(path), ret;

	if (fd < 0)
		return fd;
	ret = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (ret == 0 && (info.type != def->type || info.key_size != def->key_size ||
				info.value_size != def->value_size || info.max_entries != def->max_entries ||
				info.map_flags != def->flags))
		ret = bcc_fail(&build->b->err, -EINVAL,
			"table %s: the one pinned at %s is another: type %u, key %u bytes, value %u bytes, %u entries, flags %#x",
			name, path, info.type, info.key_size, info.value_size, info.max_entries,
			info.map_flags);
	else if (ret < 0)
		ret = bcc_fail(&build->b->err, ret, "table %s: what is pinned at %s is no table", name, path);
	if (ret < 0) {
		close(fd);
		return ret;
	}
	*out = fd;
	return 0;
}

static int create_pinned(
	struct bcc_build *build, const char *name, const struct bcc_map_def *def, int inner_fd, int *out)
{
	char path[256];
	int fd, ret;

	if (strchr(name, '/') || snprintf(path, sizeof(path), PIN_FOLDER "/%s", name) >= (int)sizeof(path))
		return bcc_fail(&build->b->err, -EINVAL, "table %s: its name cannot be a file's", name);
	ret = open_pinned(build, path, name, def, out);
	if (ret != -ENOENT)
		return ret;
	fd = bcc_map_create(build->b, name, def, inner_fd);
	if (fd < 0)
		return fail_create(build, name, def, fd);
	ret = bpf_obj_pin(fd, path);
	if (ret == 0) {
		*out = fd;
		return 0;
	}
	close(fd);
	if (ret == -EEXIST) /* someone else was quicker */
		return open_pinned(build, path, name, def, out);
	return bcc_fail(&build->b->err, ret,
		"table %s cannot be pinned at %s: %s (is a bpf file system mounted on " PIN_FOLDER "?)", name,
		path, strerror(-ret));
}

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
			&build->b->err, -EINVAL, "table %s: tables of tables of tables do not exist", name);
	*out = bcc_map_create(build->b, "inner", &def, -1);
	return *out < 0 ? fail_create(build, name, &def, *out) : 0;
}

static int create_table(
	struct bcc_build *build, struct bcc_table *t, uint32_t type_id, uint32_t *values_offset)
{
	struct bcc_map_def def;
	int inner_fd = -1;
	int ret = bcc_map_def_read(build->b->btf, t->name, type_id, &def, &build->b->err);

	if (ret == 0)
		ret = complete_def(build, t->name, &def);
	if (ret == 0 && def.inner_type)
		ret = create_inner(build, t->name, &def, &inner_fd);
	if (ret < 0)
		return ret;
	if (def.pinning) {
		ret = create_pinned(build, t->name, &def, inner_fd, &t->fd);
	} else {
		t->fd = bcc_map_create(build->b, t->name, &def, inner_fd);
		ret = t->fd < 0 ? fail_create(build, t->name, &def, t->fd) : 0;
	}
	if (inner_fd >= 0)
		close(inner_fd);
	t->type = def.type;
	t->key_size = def.key_size;
	t->value_size = def.value_size;
	t->max_entries = def.max_entries;
	t->flags = def.flags;
	t->btf_key_type = def.btf_key_type;
	t->btf_value_type = def.btf_value_type;
	*values_offset = def.values_offset;
	return ret;
}

struct bcc_table *bcc_build_table_at(struct bcc_build *build, uint64_t offset)
{
	for (size_t i = 0; i < build->b->table_count; i++)
		if (build->table_offsets[i] == offset)
			return &build->b->tables[i];
	return NULL;
}

/* Entry of .maps' relocations: a table put into another's initial entries. */
static int set_initial(struct bcc_build *build, const struct bcc_relocation *rel)
{
	struct bcc_err *err = &build->b->err;
	const struct bcc_table *inner = NULL, *outer;
	uint64_t first;
	uint32_t slot;
	size_t i = build->b->table_count;
	int ret;

	while (i > 0 && build->table_offsets[i - 1] > rel->offset)
		i--;
	if (i == 0)
		return bcc_fail(
			err, -EINVAL, "the compiled object is damaged: a relocation before the first table");
	outer = &build->b->tables[i - 1];
	first = build->table_offsets[i - 1] + build->values_offsets[i - 1];
	if (build->maps == &build->elf.sections[rel->symbol->section])
		inner = bcc_build_table_at(build, rel->symbol->value);
	if (!build->values_offsets[i - 1] || rel->offset < first || (rel->offset - first) % 8 || !inner)
		return bcc_fail(err, -EINVAL,
			"table %s: only tables can be its initial entries; set others with bcc_table_set()",
			outer->name);
	slot = (rel->offset - first) / 8;
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
	build->values_offsets = calloc(count + 1, sizeof(*build->values_offsets));
	return b->tables && build->table_offsets && build->values_offsets
		       ? 0
		       : bcc_fail(&b->err, -ENOMEM, "out of memory");
}

int bcc_build_maps(struct bcc_build *build)
{
	const struct btf_type *section;
	struct bcc *b = build->b;
	int32_t id;
	int ret;

	build->maps = bcc_elf_section(&build->elf, ".maps");
	if (!build->maps)
		return 0;
	id = b->btf ? btf__find_by_name_kind(b->btf, ".maps", BTF_KIND_DATASEC) : -ENOENT;
	if (id < 0)
		return bcc_fail(
			&b->err, -EINVAL, "the compiled object has tables, but nothing says of which types");
	section = btf__type_by_id(b->btf, id);
	ret = allocate_tables(build, btf_vlen(section));
	for (uint32_t i = 0; ret == 0 && i < btf_vlen(section); i++) {
		const struct btf_var_secinfo *info = &btf_var_secinfos(section)[i];
		const struct btf_type *var = btf__type_by_id(b->btf, info->type);
		struct bcc_table *t = &b->tables[i];

		*t = (struct bcc_table){.owner = b, .fd = -1};
		b->table_count++;
		build->table_offsets[i] = info->offset;
		t->name = strdup(btf__str_by_offset(b->btf, var->name_off));
		ret = t->name ? create_table(build, t, var->type, &build->values_offsets[i])
			      : bcc_fail(&b->err, -ENOMEM, "out of memory");
	}
	return ret < 0 ? ret : set_initial_entries(build);
}
