/* SPDX-License-Identifier: Apache-2.0 */
/* Programs in the place of a function of another program that is loaded. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/kernel_errno.h"
#include "libbcc/load/load.h"
#include "attach.h"

static int freplace_refused(const struct bcc_program *p, const char *function, int code)
{
	struct bcc_err *err = &p->owner->err;

	if (code == -KERNEL_ENOTSUPP || code == -EOPNOTSUPP || code == -EPERM)
		return bcc_fail(err, code == -EPERM ? code : -EOPNOTSUPP,
			"\"%s\" cannot take the place of %s: this kernel or architecture has no BPF trampolines, or does "
			"not allow them",
			p->name, function);
	if (code == -EBUSY)
		return bcc_fail(err, code,
			"\"%s\" cannot take the place of %s: another program has it, or watches it (fentry, fexit)",
			p->name, function);
	return bcc_fail(
		err, code, "\"%s\" cannot take the place of %s: %s", p->name, function, strerror(-code));
}

int bcc_attach_freplace(
	struct bcc *b, const char *prog, int program_fd, const char *function, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_program_section section;
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	int fd;

	if (!p)
		return b ? b->err.code : -EINVAL;
	if (!function && bcc_program_section_parse(p->section, &section) &&
		section.kind == &bcc_program_kinds[BCC_KIND_FREPLACE])
		function = section.target;
	if (!function || !*function)
		return bcc_fail(&b->err, -EINVAL,
			"\"%s\": the name of the function that it takes the place of is missing", prog);
	fd = bcc_program_load_in_place(p, program_fd, function);
	if (fd < 0)
		return fd;
	/* the program may have been loaded for the same function of another one */
	fd = bcc_program_find_function(p, program_fd, function, &opts.target_btf_id);
	if (fd < 0)
		return fd;
	fd = bpf_link_create(p->fd, program_fd, 0, &opts);
	if (fd < 0)
		return freplace_refused(p, function, fd);
	return bcc_link_add(p, &fd, 1, link);
}
