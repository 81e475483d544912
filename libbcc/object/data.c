/* SPDX-License-Identifier: Apache-2.0 */
/* Global variables and constants of the text are kept in arrays of one element, one for each section. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sorted_search.h"
#include "libbcc/kernel/permission.h"
#include "build.h"

static bool is_constant(const struct bcc_section *section)
{
	return !(section->flags & SHF_WRITE);
}

static int check_section(struct bcc_build *build, const struct bcc_section *section)
{
	struct bcc_err *err = &build->b->err;

	if (!(section->flags & SHF_ALLOC) || section->flags & SHF_EXECINSTR || section == build->maps ||
		(section->type != SHT_PROGBITS && section->type != SHT_NOBITS))
		return bcc_fail(err, -EINVAL,
			"the compiled object is damaged: section %s does not hold data of the text",
			section->name);
	if (section->size == 0 || section->size > INT32_MAX)
		return bcc_fail(err, -EINVAL, "section %s has an impossible size", section->name);
	return 0;
}

static int object_data_fill(int fd, const void *value, bool constant)
{
	const uint32_t zero = 0;
	int ret = value ? bpf_map_update_elem(fd, &zero, value, BPF_ANY) : 0;

	/* the verifier then knows the values, and removes unreachable code; not possible before Linux 5.2 */
	if (ret == 0 && constant)
		bpf_map_freeze(fd);
	return ret;
}

int bcc_build_array(struct bcc_build *build, const char *name, const struct bcc_data *data)
{
	struct bcc_object *object = build->b->object;
	struct bcc_map_def def = {.type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.max_entries = 1,
		.value_size = data->bytes,
		.btf_value_type = data->type,
		.flags = BPF_F_MMAPABLE | (data->constant ? BPF_F_RDONLY_PROG : 0)};
	int *fds = reallocarray(object->data_fds, object->data_fd_count + 1, sizeof(*fds)), fd, ret;

	if (!fds)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	object->data_fds = fds;
	fd = bcc_map_create(build->b, name, &def, -1);
	if (fd == -EINVAL) { /* kernels before 5.5 cannot map maps into memory */
		def.flags &= ~BPF_F_MMAPABLE;
		fd = bcc_map_create(build->b, name, &def, -1);
	}
	if (fd == -EPERM)
		return bcc_fail_permission(&build->b->err, "the text's global variables cannot be created");
	if (fd < 0)
		return bcc_fail(&build->b->err, fd,
			"cannot create an array of %u bytes for the text's global variables (%s): %s",
			def.value_size, name, strerror(-fd));
	object->data_fds[object->data_fd_count++] = fd;
	ret = object_data_fill(fd, data->value, data->constant);
	if (ret < 0)
		return bcc_fail(&build->b->err, ret, "the text's global variables (%s) cannot be set: %s",
			name, strerror(-ret));
	return fd;
}

/* The BTF id of what a section holds, 0: its types do not tell. */
static int object_data_type(struct bcc_build *build, uint32_t index)
{
	const char *name = build->elf.sections[index].name;
	int *type = &build->section_types[index];

	if (!*type)
		*type = build->b->btf ? btf__find_by_name_kind(build->b->btf, name, BTF_KIND_DATASEC) : -1;
	return *type > 0 ? *type : 0;
}

/* The variable of the section that has the offset; all of the section if its types do not tell. */
static void object_data_variable(
	struct bcc_build *build, uint32_t index, uint64_t offset, uint64_t *from, uint64_t *to)
{
	int type = object_data_type(build, index);
	const struct btf_type *t = type ? btf__type_by_id(build->b->btf, type) : NULL;
	const struct btf_var_secinfo *v = t ? btf_var_secinfos(t) : NULL;
	/* they are in the order of their offsets */
	size_t after = v ? bcc_partition_point(i, btf_vlen(t), v[i].offset <= offset) : 0;

	*from = 0;
	*to = build->elf.sections[index].size;
	if (after && offset - v[after - 1].offset < v[after - 1].size) {
		*from = v[after - 1].offset;
		*to = (uint64_t)v[after - 1].offset + v[after - 1].size;
	}
}

bool bcc_build_has_addresses(struct bcc_build *build, uint32_t index, uint64_t offset)
{
	const struct bcc_section *section = &build->elf.sections[index];
	struct bcc_relocation rel;
	uint64_t from, to;
	size_t i;

	if (!bcc_elf_relocation_count(section))
		return false;
	object_data_variable(build, index, offset, &from, &to);
	i = bcc_elf_relocation_from(section, from);
	return i < bcc_elf_relocation_count(section) &&
	       (bcc_elf_relocation(&build->elf, section, i, &rel, NULL) < 0 || rel.offset < to);
}

int bcc_build_data(struct bcc_build *build, uint32_t index)
{
	const struct bcc_section *section = &build->elf.sections[index];
	const uint8_t *set = build->section_values[index];
	int ret;

	if (build->section_fds[index] >= 0)
		return build->section_fds[index];
	ret = check_section(build, section);
	if (ret < 0)
		return ret;
	ret = bcc_build_array(build, section->name,
		&(struct bcc_data){.value = set ? set : section->data,
			.bytes = section->size,
			.type = object_data_type(build, index),
			.constant = is_constant(section)});
	if (ret >= 0)
		build->section_fds[index] = ret;
	return ret;
}
