/* SPDX-License-Identifier: Apache-2.0 */
/* tc: programs that see what a device receives, once it is a socket buffer, and what it sends. By tcx links
 * (Linux 6.6), otherwise by filters of the clsact queueing discipline. */
#include "attach.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "attached.h"
#include "common/kernel_bpf.h"
#include "common/options.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/object_name.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/program_name.h"
#include "libbcc/log.h"
#include "order.h"

#define PRIORITY_DEFAULT 49152 /* what the kernel gives the first filter without one */
#define PRIORITY_MAX 65535

/* ---- clsact ---- */

/* A filter, by what identifies it. */
struct tc_filter {
	int ifindex;
	bool egress;
	uint32_t priority, handle;
	uint32_t program_id;
};

static struct bpf_tc_hook tc_hook(const struct tc_filter *filter)
{
	return (struct bpf_tc_hook){.sz = sizeof(struct bpf_tc_hook),
		.ifindex = filter->ifindex,
		.attach_point = filter->egress ? BPF_TC_EGRESS : BPF_TC_INGRESS};
}

/* A killed process leaves its filter: so that the next one finds it, the same program has the same handle. */
static uint32_t tc_handle(const char *program)
{
	uint32_t hash = 2166136261; /* FNV-1a */

	for (; *program; program++)
		hash = (hash ^ (unsigned char)*program) * 16777619;
	return hash ? hash : 1;
}

/* The ID of the filter's program, or a negative errno. */
static int64_t tc_filter_program(const struct tc_filter *filter)
{
	struct bpf_tc_hook hook = tc_hook(filter);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = filter->handle, .priority = filter->priority);
	int ret = bpf_tc_query(&hook, &opts);

	return ret ? ret : (int64_t)opts.prog_id;
}

static int tc_filter_set(struct tc_filter *filter, int program, uint32_t flags)
{
	struct bpf_tc_hook hook = tc_hook(filter);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = program, .flags = flags, .handle = filter->handle,
		.priority = filter->priority);
	int ret = bpf_tc_attach(&hook, &opts);

	if (!ret)
		filter->program_id = opts.prog_id;
	return ret;
}

/* Only what is still ours. */
static void tc_filter_detach(struct bcc_link *link)
{
	const struct tc_filter *filter = link->state;
	struct bpf_tc_hook hook = tc_hook(filter);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = filter->handle, .priority = filter->priority);
	BCC_LOG_SCOPE(link->owner);

	if (tc_filter_program(filter) == filter->program_id)
		bpf_tc_detach(&hook, &opts);
}

static int tc_filter_replace(struct bcc_link *link, struct bcc_program *p)
{
	struct tc_filter *filter = link->state;

	if (tc_filter_program(filter) != filter->program_id)
		return -ENOLINK;
	return tc_filter_set(filter, p->fd, BPF_TC_F_REPLACE);
}

static const struct bcc_link_ops tc_filter_ops = {.detach = tc_filter_detach, .replace = tc_filter_replace};

static bool tc_filter_is_here(const struct bcc *b, const struct tc_filter *filter)
{
	for (const struct bcc_link *link = b->links; link; link = link->next) {
		const struct tc_filter *other = link->state;

		if (link->ops == &tc_filter_ops && other->ifindex == filter->ifindex &&
			other->egress == filter->egress && other->priority == filter->priority &&
			other->handle == filter->handle && tc_filter_program(other) == other->program_id)
			return true;
	}
	return false;
}

/* There is a filter with this handle: of a program of the same name it is replaced. */
static int tc_filter_take_over(struct bcc *b, struct bcc_program *p, struct tc_filter *filter)
{
	char name[BCC_PROGRAM_NAME_SIZE], kernel_name[BPF_OBJ_NAME_LEN];
	int64_t id = tc_filter_program(filter);

	bcc_kernel_name(kernel_name, p->name);
	if (id > 0)
		bcc_program_name_of_id(id, name, sizeof(name));
	if (id > 0 && strcmp(name, p->name) != 0 && strcmp(name, kernel_name) != 0)
		return bcc_fail(&b->err, -EEXIST,
			"\"%s\" cannot be attached: the filter with handle %#x and priority %u of the device is the "
			"program \"%s\"",
			p->name, filter->handle, filter->priority, name);
	if (tc_filter_is_here(b, filter))
		return bcc_fail(&b->err, -EEXIST, "\"%s\" is attached there already", p->name);
	return tc_filter_set(filter, p->fd, BPF_TC_F_REPLACE);
}

static int tc_filter_add(struct bcc *b, struct bcc_program *p, struct tc_filter *filter)
{
	struct bpf_tc_hook hook = tc_hook(filter);
	int ret = bpf_tc_hook_create(&hook);

	if (ret && ret != -EEXIST)
		return ret;
	ret = tc_filter_set(filter, p->fd, 0);
	return ret == -EEXIST ? tc_filter_take_over(b, p, filter) : ret;
}

static int tc_refused(struct bcc *b, struct bcc_program *p, const char *device, int code)
{
	switch (code) {
	case -EPERM:
	case -EACCES:
		return bcc_fail_permission(
			&b->err, "\"%s\" cannot be attached to device %s", p->name, device);
	case -EEXIST:
		return bcc_fail(&b->err, code, "\"%s\" is attached to device %s already", p->name, device);
	case -ERANGE:
		return bcc_fail(&b->err, code,
			"\"%s\" cannot be attached: device %s has as many programs as the kernel allows",
			p->name, device);
	case -ENOENT:
	case -EOPNOTSUPP:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"\"%s\" cannot be attached to device %s: this kernel has neither tcx (Linux 6.6) nor the "
			"clsact queueing discipline and the bpf classifier (sch_ingress, cls_bpf)",
			p->name, device);
	default:
		return bcc_fail(&b->err, code, "\"%s\" cannot be attached to device %s: %s", p->name, device,
			strerror(-code));
	}
}

static int tc_attach_clsact(struct bcc *b, struct bcc_program *p, const char *device, int ifindex,
	const struct bcc_tc_opts *opts, struct bcc_link **link)
{
	struct tc_filter *filter = malloc(sizeof(*filter));
	struct bcc_link *added;
	int ret = bcc_link_add(p, NULL, 0, &added);

	if (ret || !filter) {
		free(filter);
		if (!ret)
			bcc_detach(added);
		return bcc_fail(&b->err, -ENOMEM, "out of memory for an attachment");
	}
	*filter = (struct tc_filter){.ifindex = ifindex,
		.egress = opts->egress,
		.priority = opts->priority ? opts->priority : PRIORITY_DEFAULT,
		.handle = tc_handle(p->name)};
	bcc_err_clear(&b->err);
	ret = tc_filter_add(b, p, filter);
	if (ret) {
		free(filter);
		bcc_detach(added);
		return b->err.code ? ret : tc_refused(b, p, device, ret);
	}
	bcc_link_keep(added, &tc_filter_ops, filter);
	if (link)
		*link = added;
	return 0;
}

/* ---- tcx ---- */

static int tc_attach_type(bool egress)
{
	return egress ? KERNEL_BPF_TCX_EGRESS : KERNEL_BPF_TCX_INGRESS;
}

static int tc_attach(struct bcc *b, struct bcc_program *p, const char *device, const struct bcc_tc_opts *opts,
	struct bcc_link **link)
{
	struct bcc_link_create create = {0};
	struct bcc_link *added;
	int ifindex = bcc_device_index(b, device), ret, fd;

	if (ifindex < 0)
		return ifindex;
	ret = bcc_order_set(b, opts->order, &create);
	if (!ret)
		ret = bcc_attach_load(p, BCC_KIND_TC, NULL);
	if (ret)
		return ret;
	create.prog_fd = p->fd;
	create.target = ifindex;
	create.attach_type = tc_attach_type(opts->egress);
	fd = opts->clsact ? -EINVAL : bcc_link_create(&create);
	if (fd < 0 && !bcc_order_refused(b, opts->order, fd, "6.6 (tcx)"))
		return fd == -EINVAL ? tc_attach_clsact(b, p, device, ifindex, opts, link)
				     : tc_refused(b, p, device, fd);
	if (fd < 0)
		return b->err.code;
	ret = bcc_link_add(p, &fd, 1, &added);
	if (ret)
		return ret;
	added->expected_attach_type = 0; /* the section's says nothing about where a program can be */
	if (link)
		*link = added;
	return 0;
}

int bcc_attach_tc(struct bcc *b, const char *prog, const char *device, const struct bcc_tc_opts *opts,
	struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_tc_opts known;
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	BCC_LOG_SCOPE(b);
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (ret)
		return ret;
	if (known.priority > PRIORITY_MAX || (known.priority && !known.clsact))
		return bcc_fail(&b->err, -EINVAL,
			"priority %u: those of filters of clsact are 1 to %d, and tcx has an order instead",
			known.priority, PRIORITY_MAX);
	if (known.clsact && known.order)
		return bcc_fail(&b->err, -EINVAL, "filters of clsact have a priority instead of an order");
	return tc_attach(b, p, device, &known, link);
}

int bcc_query_tc(struct bcc *b, const char *device, bool egress, bcc_attached_fn fn, void *ctx)
{
	int ifindex = bcc_query_device(b, device, fn), ret;

	if (ifindex < 0)
		return ifindex;
	ret = bcc_attached_at_device(ifindex, tc_attach_type(egress), fn, ctx);
	if (ret == -EOPNOTSUPP)
		return bcc_fail(&b->err, ret,
			"the programs of device %s cannot be listed: this kernel has no tcx (Linux 6.6); tc filter "
			"show lists filters",
			device);
	return ret;
}
