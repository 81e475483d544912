/* SPDX-License-Identifier: Apache-2.0 */
#include "attach.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/suggestions.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/tracefs.h"
#include "tracepoint.h"
#include "tracepoint_id.h"

static int tracepoint_unknown(struct bcc *b, const char *category, const char *name)
{
	struct bcc_near_names near;
	char path[BCC_NEAR_LENGTH + 8], hint[3 * BCC_NEAR_LENGTH + 32];
	const char *raw = "";

	snprintf(path, sizeof(path), "events/%s", category);
	if (faccessat(b->tracefs_fd, path, F_OK, 0)) {
		bcc_near_init(&near, category);
		bcc_near_offer_dirs(&near, b->tracefs_fd, "events");
		if (!strcmp(category, "syscalls"))
			raw = " (it has no CONFIG_FTRACE_SYSCALLS; raw_syscalls:sys_enter and sys_exit see all system calls)";
		return bcc_fail(&b->err, -ENOENT, "no tracepoint %s:%s: this kernel has no category %s%s%s",
			category, name, category, raw, bcc_near_text(&near, hint, sizeof(hint)));
	}
	bcc_near_init(&near, name);
	bcc_near_offer_dirs(&near, b->tracefs_fd, path);
	return bcc_fail(&b->err, -ENOENT, "this kernel has no tracepoint %s:%s%s", category, name,
		bcc_near_text(&near, hint, sizeof(hint)));
}

static int64_t read_id(struct bcc *b, const char *category, const char *name)
{
	int64_t id;

	if (!bcc_is_tracepoint_name(category, name))
		return bcc_fail(&b->err, -EINVAL, "\"%s:%s\" is not of the form CATEGORY:NAME",
			category ? category : "", name ? name : "");
	if (b->tracefs_fd < 0)
		b->tracefs_fd = bcc_tracefs_open(&b->err);
	if (b->tracefs_fd < 0)
		return b->tracefs_fd;
	id = bcc_tracepoint_id(b->tracefs_fd, category, name);
	if (id == -ENOENT)
		return tracepoint_unknown(b, category, name);
	if (id < 0)
		return bcc_fail(&b->err, id, "tracefs' events/%s/%s/id cannot be read: %s", category, name,
			strerror(-id));
	return id;
}

int bcc_tracepoint_open(struct bcc *b, const char *category, const char *name)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT, .disabled = 1};
	int64_t id = read_id(b, category, name);
	int fd;

	if (id < 0)
		return id;
	attr.config = id;
	/* an event that is not for one process must name a CPU; the program runs on all */
	fd = bcc_perf_event_open(&attr, -1, 0);
	if (fd == -EPERM || fd == -EACCES)
		return bcc_fail_permission(&b->err, "no permission to use tracepoint %s:%s", category, name);
	if (fd < 0)
		return bcc_fail(
			&b->err, fd, "tracepoint %s:%s cannot be opened: %s", category, name, strerror(-fd));
	return fd;
}

static int tracepoint_attach(
	struct bcc *b, struct bcc_program *p, const char *category, const char *name, struct bcc_link **link)
{
	int fd = bcc_tracepoint_open(b, category, name);

	return fd < 0 ? fd : bcc_attach_one(p, BCC_KIND_TRACEPOINT, fd, link);
}

int bcc_attach_tracepoint(
	struct bcc *b, const char *prog, const char *category, const char *name, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);

	if (!p)
		return b ? b->err.code : -EINVAL;
	return tracepoint_attach(b, p, category, name, link);
}

int bcc_tracepoint_auto(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	const char *separator = strchr(target, '/');
	bcc_auto_free char *category = separator ? strndup(target, separator - target) : NULL;

	if (!separator)
		return bcc_fail(&p->owner->err, -EINVAL,
			"\"%s\": a function for a tracepoint must be named tracepoint__CATEGORY__NAME",
			p->name);
	if (!category)
		return bcc_fail(&p->owner->err, -ENOMEM, "out of memory");
	if (strpbrk(separator + 1, "*?["))
		return bcc_tracepoint_attach_pattern(p, category, separator + 1, link);
	return tracepoint_attach(p->owner, p, category, separator + 1, link);
}
