/* SPDX-License-Identifier: Apache-2.0 */
/* Global variables and constants of the text are kept in arrays of one element, one for each section. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	if (bcc_elf_relocation_count(section))
		return bcc_fail(err, -EINVAL,
			"a global variable in section %s is initialised with an address, which is only known when the program runs: "
			"let the program set it",
			section->name);
	if (section->size == 0 || section->size > INT32_MAX)
		return bcc_fail(err, -EINVAL, "section %s has an impossible size", section->name);
	return 0;
}

static int object_data_fill(struct bcc_build *build, const struct bcc_section *section, int fd)
{
	const uint8_t *set = build->section_values[bcc_elf_section_index(&build->elf, section)];
	const uint8_t *value = set ? set : section->data;
	const uint32_t zero = 0;
	int ret = 0;

	if (value)
		ret = bpf_map_update_elem(fd, &zero, value, BPF_ANY);
	/* the verifier then knows the values, and removes unreachable code; not possible before Linux 5.2 */
	if (ret == 0 && is_constant(section))
		bpf_map_freeze(fd);
	return ret;
}

int bcc_build_data(struct bcc_build *build, uint32_t index)
{
	const struct bcc_section *section = &build->elf.sections[index];
	struct bcc_object *object = build->b->object;
	struct bcc_map_def def = {.type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .max_entries = 1};
	int *fds, type, fd, ret;

	if (build->section_fds[index] >= 0)
		return build->section_fds[index];
	ret = check_section(build, section);
	if (ret < 0)
		return ret;
	fds = reallocarray(object->data_fds, object->data_fd_count + 1, sizeof(*fds));
	if (!fds)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	object->data_fds = fds;
	def.value_size = section->size;
	def.flags = BPF_F_MMAPABLE | (is_constant(section) ? BPF_F_RDONLY_PROG : 0);
	type = build->b->btf ? btf__find_by_name_kind(build->b->btf, section->name, BTF_KIND_DATASEC) : 0;
	def.btf_value_type = type > 0 ? type : 0;
	fd = bcc_map_create(build->b, section->name, &def, -1);
	if (fd == -EINVAL) { /* kernels before 5.5 cannot map maps into memory */
		def.flags &= ~BPF_F_MMAPABLE;
		fd = bcc_map_create(build->b, section->name, &def, -1);
	}
	if (fd == -EPERM)
		return bcc_fail_permission(&build->b->err, "the text's global variables cannot be created");
	if (fd < 0)
		return bcc_fail(&build->b->err, fd,
			"cannot create an array of %u bytes for the text's global variables (%s): %s",
			def.value_size, section->name, strerror(-fd));
	object->data_fds[object->data_fd_count++] = fd;
	ret = object_data_fill(build, section, fd);
	if (ret < 0)
		return bcc_fail(&build->b->err, ret, "the text's global variables (%s) cannot be set: %s",
			section->name, strerror(-ret));
	build->section_fds[index] = fd;
	return fd;
}
