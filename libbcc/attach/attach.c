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

#include "common/array.h"
#include "common/cleanup.h"
#include "libbcc/log.h"
#include "libbcc/object/object.h"
#include "libbcc/object/struct_ops.h"
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

	if (fd < 0 && bcc_cookie_refused(p, fd, 5, 15))
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
	int ret = bcc_link_add_typed(p->owner, p->type, p->expected_attach_type, fds, fd_count, link);

	if (!ret)
		p->owner->links->program = p;
	return ret;
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

bcc_attach_fn *const bcc_attach_functions[BCC_KINDS] = {
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

	if (!p->owner->libbpf && kind && bcc_attach_functions[kind - bcc_program_kinds]) {
		wish->by_section = false;
		wish->target =
			bcc_program_kind_target(kind, rest, attach_is_module, wish->name, sizeof(wish->name));
	} else if (*p->section != '?' && bcc_program_section_parse(p->section, &section) &&
		   bcc_attach_functions[section.kind - bcc_program_kinds] && *section.target) {
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
	return bcc_attach_functions[wish->kind](p, wish->kind, wish->target, NULL);
}

/* ---- ways to the same event ---- */

/* Texts in libbpf's dialect have several programs for one event, so that one of them works on each kernel;
 * whoever loads them leaves out the others. The first is better where the kernel takes it. */
static const struct {
	enum bcc_kind first, second;
} attach_ways[] = {
	{BCC_KIND_TP_BTF, BCC_KIND_RAW_TRACEPOINT},
	{BCC_KIND_TP_BTF, BCC_KIND_RAW_TRACEPOINT_ALIAS},
	{BCC_KIND_FENTRY, BCC_KIND_KPROBE},
	{BCC_KIND_FEXIT, BCC_KIND_KRETPROBE},
};

/* Whether `a` is a better way than `b` to the same event. */
static bool attach_is_better(const struct wish *a, const struct wish *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(attach_ways); i++)
		if (a->kind == attach_ways[i].first && b->kind == attach_ways[i].second)
			return !strcmp(a->target, b->target);
	return false;
}

/* What bcc_attach_all() knows of each program. */
struct attach_turn {
	struct wish wish;
	bool wishes;
	bool has_worse; /* another program is a worse way to its event */
	bool is_attached;
};

/* The attached program that is a better way than this one; NULL: none. */
static const struct bcc_program *attach_better(
	const struct bcc *b, const struct attach_turn *turns, const struct attach_turn *turn)
{
	for (size_t i = 0; i < b->program_count; i++)
		if (turns[i].is_attached && attach_is_better(&turns[i].wish, &turn->wish))
			return &b->programs[i];
	return NULL;
}

static void attach_find_ways(const struct bcc *b, struct attach_turn *turns)
{
	for (size_t i = 0; i < b->program_count; i++)
		turns[i].wishes = attach_wish(&b->programs[i], &turns[i].wish);
	for (size_t i = 0; b->libbpf && i < b->program_count; i++)
		for (size_t k = 0; k < b->program_count && turns[i].wishes; k++)
			turns[i].has_worse |=
				turns[k].wishes && attach_is_better(&turns[i].wish, &turns[k].wish);
}

/* Attaches the programs that have worse ways, or the others. Returns how many, or a negative errno. */
static int attach_turns(struct bcc *b, struct attach_turn *turns, bool with_worse)
{
	int count = 0;

	for (size_t i = 0; b->programs && i < b->program_count; i++) {
		struct bcc_program *p = &b->programs[i];
		struct attach_turn *turn = &turns[i];
		const struct bcc_program *better;
		int ret;

		if (!turn->wishes || turn->has_worse != with_worse)
			continue;
		better = attach_better(b, turns, turn);
		if (better) {
			bcc_say(b, BCC_LOG_INFO, "%s is not attached: %s is a better way to %s\n", p->name,
				better->name, turn->wish.target);
			continue;
		}
		ret = attach_as_wished(p, &turn->wish);
		if (ret && with_worse) {
			bcc_say(b, BCC_LOG_INFO, "%s is not attached, another program is: %s\n", p->name,
				bcc_error(b));
			bcc_err_clear(&b->err);
			continue;
		}
		if (ret)
			return bcc_fail_at_program(&b->programs[i], ret);
		turn->is_attached = true;
		count++;
	}
	return count;
}

/* Returns how many structs of functions are attached, or a negative errno. */
static int attach_struct_ops(struct bcc *b)
{
	int ret, count = 0;

	/* nobody else's programs are in a struct */
	if (!b->libbpf || !b->program_count)
		return 0;
	ret = bcc_object_create(b);
	for (size_t i = 0; ret == 0 && i < b->object->struct_ops_count; i++) {
		if (b->object->struct_ops[i].is_optional)
			continue;
		ret = bcc_attach_struct_ops(b, b->object->struct_ops[i].name, NULL);
		count += ret == 0;
	}
	return ret ? ret : count;
}

int bcc_attach_all(struct bcc *b)
{
	bcc_auto_free struct attach_turn *turns = NULL;
	struct bcc_link *before;
	int first, second, third;

	if (!b)
		return -EINVAL;
	turns = calloc(b->program_count + 1, sizeof(*turns));
	if (!turns)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	before = b->links;
	attach_find_ways(b, turns);
	first = attach_turns(b, turns, true);
	second = attach_turns(b, turns, false);
	third = second < 0 ? second : attach_struct_ops(b);
	if (third < 0) {
		bcc_links_detach(b, before);
		return third;
	}
	if (!(first + second + third))
		bcc_explain_none(b);
	return first + second + third;
}
