/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with an attachment besides detaching it. */
#include "attach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "common/cleanup.h"
#include "libbcc/kernel/descriptor.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/pin.h"
#include "libbcc/log.h"

/* Loads it as the program that it replaces was loaded. */
static int link_load(struct bcc_link *link, struct bcc_program *p)
{
	struct bcc_load_opts opts = {
		.size = sizeof(opts), .expected_attach_type = link->expected_attach_type};
	int ret = bcc_program_load(p, link->type, &opts);

	if (ret < 0 && p->owner != link->owner)
		return bcc_fail(&link->owner->err, ret, "%s", bcc_error(p->owner));
	return ret;
}

static int link_replace(struct bcc_link *link, struct bcc_program *p)
{
	if (link->ops)
		return link->ops->replace(link, p);
	return link->fd_count == 1 ? bpf_link_update(link->fds[0], p->fd, NULL) : -EOPNOTSUPP;
}

int bcc_link_replace(struct bcc_link *link, struct bcc_program *p)
{
	int ret;

	if (!link)
		return -EINVAL;
	if (!p)
		return bcc_fail(&link->owner->err, -EINVAL, "the program to replace with is missing");
	BCC_LOG_SCOPE(link->owner);
	ret = link_load(link, p);
	if (ret < 0)
		return ret;
	ret = link_replace(link, p);
	if (ret == -EPERM || ret == -EACCES)
		return bcc_fail_permission(&link->owner->err, "\"%s\" cannot replace a program", p->name);
	if (ret == -ENOLINK)
		return bcc_fail(&link->owner->err, ret,
			"\"%s\" cannot replace a program: nothing is attached there any more", p->name);
	if (ret == -EINVAL || ret == -EOPNOTSUPP)
		return bcc_fail(&link->owner->err, -EOPNOTSUPP,
			"\"%s\" cannot replace a program: this kernel does not replace those of attachments of this "
			"kind; detach it and attach the other",
			p->name);
	if (ret < 0)
		return bcc_fail(&link->owner->err, ret, "\"%s\" cannot replace a program: %s", p->name,
			strerror(-ret));
	/* another handle may be closed first */
	link->program = p->owner == link->owner ? p : NULL;
	return 0;
}

/* ---- the links of a handle ---- */

size_t bcc_link_count(const struct bcc *b)
{
	size_t count = 0;

	for (const struct bcc_link *link = b ? b->links : NULL; link; link = link->next)
		count++;
	return count;
}

/* The list begins with the latest. */
struct bcc_link *bcc_link_at(struct bcc *b, size_t index)
{
	size_t count = bcc_link_count(b);
	struct bcc_link *link;

	if (index >= count)
		return NULL;
	link = b->links;
	for (size_t later = count - 1 - index; later; later--)
		link = link->next;
	return link;
}

struct bcc_program *bcc_link_program(const struct bcc_link *link)
{
	return link ? link->program : NULL;
}

/* ---- the kernel's link ---- */

/* Types that are newer than Linux 6.1; the others are in <linux/bpf.h>. */
enum {
	KERNEL_BPF_LINK_TYPE_TCX = 11,
	KERNEL_BPF_LINK_TYPE_NETKIT = 13,
	KERNEL_BPF_LINK_TYPE_SOCKMAP = 14,
};

/* Descriptors of programs and maps tell about themselves too, in structs of their own. */
static bool link_is_link(int fd)
{
	return bcc_descriptor_is(fd, "bpf_link") || bcc_descriptor_is(fd, "bpf-link");
}

/* Returns 0, or a negative errno if the descriptor is not a link. */
static int link_read(int fd, struct bcc_link_info *info)
{
	struct bpf_link_info kernel = {0};
	uint32_t size = sizeof(kernel);
	int ret = bpf_obj_get_info_by_fd(fd, &kernel, &size);

	if (ret)
		return ret;
	*info = (struct bcc_link_info){
		.size = sizeof(*info), .id = kernel.id, .type = kernel.type, .program_id = kernel.prog_id};
	switch ((int)kernel.type) {
	case BPF_LINK_TYPE_CGROUP:
		info->cgroup_id = kernel.cgroup.cgroup_id;
		info->attach_type = kernel.cgroup.attach_type;
		break;
	case BPF_LINK_TYPE_NETNS:
		info->netns = kernel.netns.netns_ino;
		info->attach_type = kernel.netns.attach_type;
		break;
	case BPF_LINK_TYPE_XDP:
		info->ifindex = kernel.xdp.ifindex;
		info->attach_type = BPF_XDP;
		break;
	case BPF_LINK_TYPE_TRACING:
		info->attach_type = kernel.tracing.attach_type;
		break;
	case KERNEL_BPF_LINK_TYPE_TCX:
	case KERNEL_BPF_LINK_TYPE_NETKIT: /* the device, then the attach type */
		info->ifindex = kernel.netns.netns_ino;
		info->attach_type = kernel.netns.attach_type;
		break;
	case KERNEL_BPF_LINK_TYPE_SOCKMAP: /* the table, then the attach type */
		info->attach_type = kernel.netns.attach_type;
		break;
	default:
		break;
	}
	return 0;
}

/* A link's descriptor, and what it tells; or -EOPNOTSUPP with the error recorded. */
static int link_descriptor(const struct bcc_link *link, struct bcc_link_info *info)
{
	if (!link->ops && link->fd_count == 1 && link_is_link(link->fds[0]) && !link_read(link->fds[0], info))
		return link->fds[0];
	return bcc_fail(&link->owner->err, -EOPNOTSUPP,
		"this attachment is not held by one link of the kernel, but by other means or by several");
}

int bcc_link_fd(const struct bcc_link *link)
{
	struct bcc_link_info info;

	return link ? link_descriptor(link, &info) : -EINVAL;
}

int bcc_link_info(const struct bcc_link *link, struct bcc_link_info *info)
{
	struct bcc_link_info known;
	size_t size;
	int ret;

	if (!link)
		return -EINVAL;
	if (!info || info->size < sizeof(info->size))
		return bcc_fail(&link->owner->err, -EINVAL, "struct bcc_link_info has no size");
	ret = link_descriptor(link, &known);
	if (ret < 0)
		return ret;
	size = info->size;
	memset(info, 0, size);
	memcpy(info, &known, size < sizeof(known) ? size : sizeof(known));
	info->size = size;
	return 0;
}

int bcc_link_pin(struct bcc_link *link, const char *path)
{
	struct bcc_link_info info;
	int fd;

	if (!link)
		return -EINVAL;
	if (!path || !*path)
		return bcc_fail(&link->owner->err, -EINVAL, "the path to pin the link at is missing");
	fd = link_descriptor(link, &info);
	if (fd < 0)
		return fd;
	BCC_LOG_SCOPE(link->owner);
	return bcc_pin(&link->owner->err, fd, path, "the link");
}

/* The type of a program, and its attach type as the link tells it: what another must have to replace it. */
static int link_program_type(const struct bcc_link_info *link)
{
	bcc_auto_fd int fd = bpf_prog_get_fd_by_id(link->program_id);
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	int ret = fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, &info, &size);

	return ret ? ret : (int)info.type;
}

int bcc_open_link(struct bcc *b, const char *path, struct bcc_link **link)
{
	struct bcc_link_info info = {0};
	int fd, ret, attach_type;

	if (!b)
		return -EINVAL;
	if (!path || !*path)
		return bcc_fail(&b->err, -EINVAL, "the path of the link is missing");
	BCC_LOG_SCOPE(b);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return bcc_fail(&b->err, fd, "no link can be opened at %s: %s", path, strerror(-fd));
	ret = link_is_link(fd) ? link_read(fd, &info) : -EINVAL;
	if (ret == 0)
		ret = link_program_type(&info);
	if (ret < 0) {
		close(fd);
		return bcc_fail(&b->err, ret, "what is pinned at %s is not a link%s%s", path,
			ret == -EINVAL ? "" : ", or cannot be read: ", ret == -EINVAL ? "" : strerror(-ret));
	}
	/* tcx and netkit take programs of any attach type */
	attach_type = info.type == KERNEL_BPF_LINK_TYPE_TCX || info.type == KERNEL_BPF_LINK_TYPE_NETKIT
			      ? 0
			      : info.attach_type;
	return bcc_link_add_typed(b, ret, attach_type, &fd, 1, link);
}
