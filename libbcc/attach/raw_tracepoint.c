/* SPDX-License-Identifier: Apache-2.0 */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/suggestions.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/tracefs.h"
#include "cookie.h"

/* Raw tracepoints are not listed anywhere; tracefs has most of them as events of the same name. */
static const char *raw_tracepoint_suggest(struct bcc *b, const char *name, char *hint, size_t size)
{
	int fd = -1;
	bcc_auto_dir DIR *dir = NULL;
	struct bcc_near_names near;
	struct dirent *entry;

	bcc_near_init(&near, name);
	if (b->tracefs_fd < 0)
		b->tracefs_fd = bcc_tracefs_open(NULL);
	if (b->tracefs_fd >= 0)
		fd = openat(b->tracefs_fd, "events", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		dir = fdopendir(fd);
	if (fd >= 0 && !dir)
		close(fd);
	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && *entry->d_name != '.')
			bcc_near_offer_dirs(&near, fd, entry->d_name);
	return bcc_near_text(&near, hint, size);
}

/* Explains why the kernel does not open it. */
static int raw_tracepoint_refused(struct bcc *b, struct bcc_program *p, const char *name, int fd)
{
	char hint[3 * BCC_NEAR_LENGTH + 32];

	if (fd == -ENOENT)
		return bcc_fail(&b->err, fd, "this kernel has no raw tracepoint \"%s\"%s", name,
			raw_tracepoint_suggest(b, name, hint, sizeof(hint)));
	if (fd == -EEXIST)
		return bcc_fail(&b->err, fd,
			"\"%s\" is already attached to raw tracepoint \"%s\": kernels before 6.10 allow that only once",
			p->name, name);
	if (fd == -EPERM || fd == -EACCES)
		return bcc_fail_permission(&b->err, "no permission to use raw tracepoint \"%s\"", name);
	if (fd == -EINVAL)
		return bcc_fail(&b->err, fd,
			"raw tracepoint \"%s\": \"%s\" reads more arguments than it has, or the kernel "
			"is older than 4.17",
			name, p->name);
	return bcc_fail(&b->err, fd, "raw tracepoint \"%s\" cannot be opened: %s", name, strerror(-fd));
}

/* For typed ones, the kernel was told the name when the program was loaded. */
static int raw_tracepoint_attach(
	struct bcc *b, struct bcc_program *p, enum bcc_kind kind, const char *name, struct bcc_link **link)
{
	bool typed = kind == BCC_KIND_TP_BTF;
	int ret, fd;

	if (!name || !*name)
		return bcc_fail(&b->err, -EINVAL, "the name of the raw tracepoint is missing");
	ret = bcc_attach_load(p, kind, typed ? name : NULL);
	if (ret)
		return ret;
	fd = typed ? bcc_attach_to_target(p) : bcc_raw_tracepoint_open(name, p->fd, p->cookie);
	if (fd < 0 && bcc_cookie_refused(p, fd, 6, 10))
		return -EOPNOTSUPP;
	if (fd < 0)
		return raw_tracepoint_refused(b, p, name, fd);
	return bcc_link_add(p, &fd, 1, link);
}

/* The arguments of a typed one are pointers that can be followed without a helper call. Kernel: 5.5. */
static bool is_typed(const struct bcc_program *p)
{
	struct bcc_program_section section;

	return bcc_program_section_parse(p->section, &section) &&
	       section.kind == &bcc_program_kinds[BCC_KIND_TP_BTF];
}

int bcc_attach_raw_tracepoint(struct bcc *b, const char *prog, const char *name, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);

	if (!p)
		return b ? b->err.code : -EINVAL;
	return raw_tracepoint_attach(
		b, p, is_typed(p) ? BCC_KIND_TP_BTF : BCC_KIND_RAW_TRACEPOINT, name, link);
}

int bcc_raw_tracepoint_auto(
	struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	return raw_tracepoint_attach(p->owner, p, kind, target, link);
}
