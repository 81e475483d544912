/* SPDX-License-Identifier: Apache-2.0 */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <bpf/bpf.h>

#include "common/cleanup.h"
#include "common/suggestions.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/tracefs.h"

/* Raw tracepoints are in no list; tracefs has most of them as events, by the same name. */
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

/* Why the kernel does not open it. */
static int raw_tracepoint_refused(struct bcc *b, struct bcc_program *p, const char *name, int fd)
{
	char hint[3 * BCC_NEAR_LENGTH + 32];

	if (fd == -ENOENT)
		return bcc_fail(&b->err, fd, "this kernel has no raw tracepoint \"%s\"%s", name,
			raw_tracepoint_suggest(b, name, hint, sizeof(hint)));
	if (fd == -EEXIST)
		return bcc_fail(&b->err, fd,
			"\"%s\" is at raw tracepoint \"%s\" already: kernels before 6.10 run a program there once",
			p->name, name);
	if (fd == -EPERM || fd == -EACCES)
		return bcc_fail_permission(&b->err, "raw tracepoint \"%s\" may not be used", name);
	if (fd == -EINVAL)
		return bcc_fail(&b->err, fd,
			"raw tracepoint \"%s\": \"%s\" reads more arguments than it has, or the kernel "
			"is older than 4.17",
			name, p->name);
	return bcc_fail(&b->err, fd, "raw tracepoint \"%s\" cannot be opened: %s", name, strerror(-fd));
}

/* Of one with types, the kernel was told the name when it was loaded. */
static int raw_tracepoint_attach(struct bcc *b, struct bcc_program *p, const struct bcc_attach_ops *kind,
	const char *name, struct bcc_link **link)
{
	bool typed = kind == &bcc_btf_tracepoint_kind;
	int ret, fd;

	if (!name || !*name)
		return bcc_fail(&b->err, -EINVAL, "the name of the raw tracepoint is missing");
	ret = bcc_attach_load(p, kind, typed ? name : NULL);
	if (ret)
		return ret;
	fd = bpf_raw_tracepoint_open(typed ? NULL : name, p->fd);
	if (fd < 0)
		return raw_tracepoint_refused(b, p, name, fd);
	return bcc_link_add(b, kind, p, &fd, 1, link);
}

static bool is_typed(const struct bcc_program *p)
{
	return p->section && !strncmp(p->section, "tp_btf/", 7);
}

int bcc_attach_raw_tracepoint(struct bcc *b, const char *prog, const char *name, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	const struct bcc_attach_ops *kind = &bcc_raw_tracepoint_kind;

	if (!p)
		return b->err.code;
	if (is_typed(p))
		kind = &bcc_btf_tracepoint_kind;
	return raw_tracepoint_attach(b, p, kind, name, link);
}

static int raw_tracepoint_attach_by_name(
	struct bcc *b, struct bcc_program *p, const char *target, struct bcc_link **link)
{
	return raw_tracepoint_attach(b, p, &bcc_raw_tracepoint_kind, target, link);
}

static int attach_typed(struct bcc *b, struct bcc_program *p, const char *target, struct bcc_link **link)
{
	return raw_tracepoint_attach(b, p, &bcc_btf_tracepoint_kind, target, link);
}

const struct bcc_attach_ops bcc_raw_tracepoint_kind = {
	.kind = "raw tracepoint",
	.prefix = "raw_tracepoint__",
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.attach_by_name = raw_tracepoint_attach_by_name,
};

/* Its arguments are pointers whose types the verifier knows, which may be followed without a helper's call. Kernel: 5.5. */
const struct bcc_attach_ops bcc_btf_tracepoint_kind = {
	.kind = "BTF tracepoint",
	.section = "tp_btf/",
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_TRACE_RAW_TP,
	.attach_by_name = attach_typed,
};
