/* SPDX-License-Identifier: Apache-2.0 */
#include "program_name.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

/* The kernel keeps 15 characters of a name; the rest is in the program's BTF, as the name of its first
 * function. */
static void program_name_complete(int fd, const struct bpf_prog_info *info, char *buf, size_t size)
{
	struct bpf_func_info function = {0};
	struct bpf_prog_info again = {
		.nr_func_info = 1, .func_info = (uintptr_t)&function, .func_info_rec_size = sizeof(function)};
	uint32_t length = sizeof(again);
	struct btf *btf;
	const struct btf_type *type;
	const char *name = NULL;

	if (!info->btf_id || strlen(info->name) < BPF_OBJ_NAME_LEN - 1 ||
		bpf_obj_get_info_by_fd(fd, &again, &length))
		return;
	btf = btf__load_from_kernel_by_id(info->btf_id);
	if (!btf)
		return;
	type = btf__type_by_id(btf, function.type_id);
	name = type ? btf__name_by_offset(btf, type->name_off) : NULL;
	if (name && !strncmp(name, info->name, strlen(info->name)))
		snprintf(buf, size, "%s", name);
	btf__free(btf);
}

const char *bcc_program_name_of_id(uint32_t id, char *buf, size_t size)
{
	bcc_auto_fd int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = {0};
	uint32_t length = sizeof(info);

	*buf = '\0';
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &length))
		return buf;
	snprintf(buf, size, "%s", info.name);
	program_name_complete(fd, &info, buf, size);
	return buf;
}
