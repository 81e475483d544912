/* SPDX-License-Identifier: Apache-2.0 */
/* What all kinds of events have in common: from a program and descriptors to a link, and back. */
#include "attach.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "common/cleanup.h"

struct bcc_program *bcc_attach_program(struct bcc *b, const char *prog)
{
	struct bcc_program *p;

	if (!prog || !*prog) {
		bcc_fail(&b->err, -EINVAL, "the name of the function to attach is missing");
		return NULL;
	}
	p = bcc_program_find(b, prog);
	if (!p)
		bcc_fail(&b->err, -ENOENT, "the text has no function \"%s\" that can be attached", prog);
	return p;
}

int bcc_attach_load(struct bcc_program *p, const struct bcc_attach_ops *kind, const char *attach_to)
{
	struct bcc_load_opts opts = {
		.size = sizeof(opts),
		.expected_attach_type = kind->attach_type,
		.attach_to = attach_to,
	};
	int fd = bcc_program_load(p, kind->prog_type, &opts);

	return fd < 0 ? fd : 0;
}

int bcc_perf_event_open(struct perf_event_attr *attr, int pid, int cpu)
{
	long fd;

	attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

/* Kernels before 5.15 know no link of a perf event: there the program belongs to the event's own descriptor.
 */
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
	return bcc_attach_perf_fd_cookie(p, perf_fd, 0);
}

int bcc_attach_perf_fd_cookie(struct bcc_program *p, int perf_fd, uint64_t cookie)
{
	struct bcc_err *err = &p->owner->err;
	bcc_auto_fd int event = perf_fd;
	int fd = bind_program(p->fd, perf_fd, cookie);

	if (fd == -E2BIG)
		return bcc_fail(err, fd,
			"\"%s\": this event already runs as many programs as the kernel allows", p->name);
	if (fd == -EACCES)
		return bcc_fail(err, fd, "\"%s\" reads past the end of the event's arguments", p->name);
	if (fd < 0)
		return bcc_fail(err, fd, "\"%s\" cannot be bound to the event: %s", p->name, strerror(-fd));
	if (ioctl(perf_fd, PERF_EVENT_IOC_ENABLE, 0) < 0) {
		int code = -errno;

		if (fd != perf_fd)
			close(fd);
		return bcc_fail(
			err, code, "\"%s\": the event cannot be enabled: %s", p->name, strerror(-code));
	}
	if (fd == perf_fd)
		event = -1;
	return fd; /* a link holds the event: its own descriptor is not needed any more */
}

int bcc_link_add(struct bcc *b, const struct bcc_attach_ops *kind, struct bcc_program *p, const int *fds,
	size_t fd_count, struct bcc_link **link)
{
	struct bcc_link *l = calloc(1, sizeof(*l));
	int *copy = calloc(fd_count ? fd_count : 1, sizeof(*copy));

	if (!l || !copy) {
		for (size_t i = 0; i < fd_count; i++)
			close(fds[i]);
		free(l);
		free(copy);
		return bcc_fail(&b->err, -ENOMEM, "no memory for an attachment");
	}
	memcpy(copy, fds, fd_count * sizeof(*copy));
	*l = (struct bcc_link){
		.owner = b, .next = b->links, .ops = kind, .prog = p, .fds = copy, .fd_count = fd_count};
	if (b->links)
		b->links->prev = l;
	b->links = l;
	if (link)
		*link = l;
	return 0;
}

int bcc_attach_one(
	struct bcc_program *p, const struct bcc_attach_ops *kind, int perf_fd, struct bcc_link **link)
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
	return bcc_link_add(p->owner, kind, p, &fd, 1, link);
}

int bcc_detach(struct bcc_link *link)
{
	if (!link)
		return 0;
	if (link->ops->detach)
		link->ops->detach(link);
	for (size_t i = 0; i < link->fd_count; i++)
		close(link->fds[i]);
	if (link->prev)
		link->prev->next = link->next;
	else
		link->owner->links = link->next;
	if (link->next)
		link->next->prev = link->prev;
	free(link->fds);
	free(link);
	return 0;
}

/* What follows the prefix; NULL: it is not there. */
static const char *attach_after(const char *name, const char *prefix)
{
	size_t length = prefix ? strlen(prefix) : 0;

	return name && length && !strncmp(name, prefix, length) ? name + length : NULL;
}

/* The kind that a function's name or section asks for, and at what; NULL: they do not say. */
static const struct bcc_attach_ops *attach_kind_of(const struct bcc_program *p, const char **target)
{
	for (const struct bcc_attach_ops *const *kind = bcc_attach_kinds; *kind; kind++) {
		*target = attach_after(p->name, (*kind)->prefix);
		if (!*target)
			*target = attach_after(p->section, (*kind)->section);
		if (*target)
			return *kind;
	}
	return NULL;
}

int bcc_attach_all(struct bcc *b)
{
	struct bcc_link *before = b->links;
	int count = 0;

	for (size_t i = 0; i < b->program_count; i++) {
		struct bcc_program *p = &b->programs[i];
		const char *target;
		const struct bcc_attach_ops *kind = attach_kind_of(p, &target);
		int ret;

		if (!kind)
			continue;
		if (*target)
			ret = kind->attach_by_name(b, p, target, NULL);
		else
			ret = bcc_fail(&b->err, -EINVAL, "\"%s\": after %s goes what to attach to", p->name,
				kind->prefix ? kind->prefix : kind->section);
		if (ret) {
			while (b->links != before)
				bcc_detach(b->links);
			return ret;
		}
		count++;
	}
	return count;
}
