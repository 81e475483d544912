/* SPDX-License-Identifier: Apache-2.0 */
/* What all kinds of events have in common: how a program and descriptors become a link. */
#include "attach.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "common/cleanup.h"
#include "cookie.h"
#include "detach.h"
#include "override_return.h"
#include "unattached.h"

struct bcc_program *bcc_attach_program(struct bcc *b, const char *prog)
{
	struct bcc_program *p;

	if (!b)
		return NULL;
	if (!prog || !*prog) {
		bcc_fail(&b->err, -EINVAL, "the name of the function to attach is missing");
		return NULL;
	}
	p = bcc_program_find(b, prog);
	if (!p)
		bcc_fail_unknown_program(b, prog);
	return p;
}

int bcc_attach_load(struct bcc_program *p, enum bcc_kind kind, const char *attach_to)
{
	struct bcc_load_opts opts = {
		.size = sizeof(opts),
		.expected_attach_type = bcc_program_kinds[kind].attach_type,
		.attach_to = attach_to,
	};
	int fd = bcc_program_load(p, bcc_program_kinds[kind].type, &opts);

	return fd < 0 ? fd : 0;
}

int bcc_perf_event_open(struct perf_event_attr *attr, int pid, int cpu)
{
	long fd;

	attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

/* Before Linux 5.15 perf events have no links: the program then belongs to the event's own descriptor. */
static int bind_program(int prog_fd, int perf_fd, uint64_t cookie)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = cookie);
	int fd = bpf_link_create(prog_fd, perf_fd, BPF_PERF_EVENT, &opts);

	if (fd >= 0 || fd != -EINVAL || cookie)
		return fd;
	if (ioctl(perf_fd, PERF_EVENT_IOC_SET_BPF, prog_fd) < 0)
		return -errno;
	return perf_fd;
}

int bcc_attach_perf_fd(struct bcc_program *p, int perf_fd)
{
	return bcc_attach_perf_fd_cookie(p, perf_fd, p->cookie);
}

int bcc_attach_perf_fd_cookie(struct bcc_program *p, int perf_fd, uint64_t cookie)
{
	struct bcc_err *err = &p->owner->err;
	bcc_auto_fd int event = perf_fd;
	int fd = bind_program(p->fd, perf_fd, cookie);

	if (fd < 0 && bcc_cookie_refused(p, fd, "5.15"))
		return -EOPNOTSUPP;
	if (fd == -E2BIG)
		return bcc_fail(err, fd,
			"\"%s\": this event already runs as many programs as the kernel allows", p->name);
	if (fd == -EEXIST)
		return bcc_fail(err, fd,
			"\"%s\" is already attached to this event, and the kernel runs a program there once",
			p->name);
	if (fd == -EACCES)
		return bcc_fail(err, fd, "\"%s\" reads past the end of the event's arguments", p->name);
	if (fd < 0)
		return bcc_fail(err, fd, "\"%s\" cannot be bound to the event: %s%s", p->name, strerror(-fd),
			fd == -EINVAL ? bcc_override_hint(p) : "");
	if (ioctl(perf_fd, PERF_EVENT_IOC_ENABLE, 0) < 0) {
		int code = -errno;

		if (fd != perf_fd)
			close(fd);
		return bcc_fail(
			err, code, "\"%s\": the event cannot be enabled: %s", p->name, strerror(-code));
	}
	if (fd == perf_fd)
		event = -1;
	return fd; /* the link holds the event: its own descriptor is no longer needed */
}

int bcc_link_add(struct bcc_program *p, const int *fds, size_t fd_count, struct bcc_link **link)
{
	return bcc_link_add_typed(p->owner, p->type, p->expected_attach_type, fds, fd_count, link);
}

int bcc_link_add_typed(struct bcc *b, int type, int expected_attach_type, const int *fds, size_t fd_count,
	struct bcc_link **link)
{
	struct bcc_link *l = calloc(1, sizeof(*l));
	int *copy = calloc(fd_count ? fd_count : 1, sizeof(*copy));

	if (!l || !copy) {
		for (size_t i = 0; i < fd_count; i++)
			close(fds[i]);
		free(l);
		free(copy);
		return bcc_fail(&b->err, -ENOMEM, "out of memory for an attachment");
	}
	if (fd_count)
		memcpy(copy, fds, fd_count * sizeof(*copy));
	*l = (struct bcc_link){.owner = b,
		.next = b->links,
		.fds = copy,
		.fd_count = fd_count,
		.type = type,
		.expected_attach_type = expected_attach_type};
	if (b->links)
		b->links->prev = l;
	b->links = l;
	if (link)
		*link = l;
	return 0;
}

void bcc_link_keep(struct bcc_link *link, const struct bcc_link_ops *ops, void *state)
{
	link->ops = ops;
	link->state = state;
	link->made_by = getpid();
}

int bcc_attach_one(struct bcc_program *p, enum bcc_kind kind, int perf_fd, struct bcc_link **link)
{
	int ret = bcc_attach_load(p, kind, NULL);
	int fd;

	if (ret) {
		close(perf_fd);
		return ret;
	}
	fd = bcc_attach_perf_fd(p, perf_fd);
	if (fd < 0)
		return fd;
	return bcc_link_add(p, &fd, 1, link);
}

static bcc_attach_fn *const attach_functions[BCC_KINDS] = {
#define KIND(...)
#define AUTO(id, section, type, attach_type, attach, ...) [BCC_KIND_##id] = attach,
#include "common/program_kind_list.h"
#undef KIND
#undef AUTO
};

static bool attach_is_module(const char *name, size_t length)
{
	char path[128];

	return (size_t)snprintf(path, sizeof(path), "/sys/kernel/btf/%.*s", (int)length, name) <
		       sizeof(path) &&
	       !access(path, F_OK);
}

/* Where a program is to be attached. */
struct wish {
	enum bcc_kind kind;
	bool by_section;
	const char *target; /* in `name`, or in the program's section, which may be long: paths */
	char name[512];
};

/* Returns false if neither the name of its function nor its section says so. */
static bool attach_wish(const struct bcc_program *p, struct wish *wish)
{
	struct bcc_program_section section;
	const char *rest;
	const struct bcc_program_kind *kind = bcc_program_kind_of_function(p->name, &rest);

	if (!p->owner->libbpf && kind && attach_functions[kind - bcc_program_kinds]) {
		wish->by_section = false;
		wish->target =
			bcc_program_kind_target(kind, rest, attach_is_module, wish->name, sizeof(wish->name));
	} else if (*p->section != '?' && bcc_program_section_parse(p->section, &section) &&
		   (p->owner->libbpf || section.kind->traits & BCC_TRAIT_BY_SECTION) &&
		   attach_functions[section.kind - bcc_program_kinds] && *section.target) {
		kind = section.kind;
		wish->by_section = true;
		wish->target = section.target;
	} else {
		return false;
	}
	wish->kind = kind - bcc_program_kinds;
	return true;
}

static int attach_as_wished(struct bcc_program *p, const struct wish *wish)
{
	const struct bcc_program_kind *kind = &bcc_program_kinds[wish->kind];

	if (!*wish->target)
		return bcc_fail(&p->owner->err, -EINVAL, "\"%s\": the name of the target must follow %s%s",
			p->name, wish->by_section ? kind->section : kind->function,
			wish->by_section ? "/" : "");
	return attach_functions[wish->kind](p, wish->kind, wish->target, NULL);
}

int bcc_attach_all(struct bcc *b)
{
	struct bcc_link *before;
	int count = 0;

	if (!b)
		return -EINVAL;
	before = b->links;
	for (size_t i = 0; i < b->program_count; i++) {
		struct wish wish;
		int ret;

		if (!attach_wish(&b->programs[i], &wish))
			continue;
		ret = attach_as_wished(&b->programs[i], &wish);
		if (ret) {
			bcc_links_detach(b, before);
			return bcc_fail_at_program(&b->programs[i], ret);
		}
		count++;
	}
	if (!count)
		bcc_explain_none(b);
	return count;
}
