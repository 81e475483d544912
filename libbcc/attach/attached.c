/* SPDX-License-Identifier: Apache-2.0 */
#include "attached.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <bpf/bpf.h>

#include "common/cleanup.h"
#include "common/kernel_errno.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/program_name.h"
#include "libbcc/log.h"

int bcc_device_index(struct bcc *b, const char *device)
{
	unsigned index;

	if (!device || !*device)
		return bcc_fail(&b->err, -EINVAL, "the name of the network device is missing");
	index = if_nametoindex(device);
	if (!index)
		return bcc_fail(&b->err, -ENODEV,
			"there is no network device \"%s\" in this network namespace: ip link shows them",
			device);
	return (int)index;
}

int bcc_query_device(struct bcc *b, const char *device, bcc_attached_fn fn)
{
	if (!b)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&b->err, -EINVAL, "the callback is missing");
	return bcc_device_index(b, device);
}

int bcc_attached_report(struct bcc_attached *attached, bcc_attached_fn fn, void *ctx)
{
	char name[BCC_PROGRAM_NAME_SIZE];

	attached->size = sizeof(*attached);
	attached->program = bcc_program_name_of_id(attached->program_id, name, sizeof(name));
	return fn(ctx, attached);
}

uint32_t bcc_kernel_link_find(bool (*fn)(void *ctx, const struct bpf_link_info *link), void *ctx)
{
	for (uint32_t id = 0; !bpf_link_get_next_id(id, &id);) {
		bcc_auto_fd int fd = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = {0};
		uint32_t size = sizeof(info);

		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && fn(ctx, &info))
			return id;
	}
	return 0;
}

#define PROGRAMS_MAX 64 /* of such a hook: BPF_MPROG_MAX of the kernel */

int bcc_attached_at_device(int ifindex, int attach_type, bcc_attached_fn fn, void *ctx)
{
	uint32_t programs[PROGRAMS_MAX] = {0}, links[PROGRAMS_MAX] = {0};
	struct bcc_hook_query query = {.target = ifindex,
		.attach_type = attach_type,
		.programs = (uintptr_t)programs,
		.count = PROGRAMS_MAX,
		.links = (uintptr_t)links};
	int ret = bcc_hook_query(&query);

	if (ret == -EINVAL || ret == -E2BIG)
		return -EOPNOTSUPP;
	for (uint32_t i = 0; !ret && i < query.count; i++)
		ret = bcc_attached_report(&(struct bcc_attached){.program_id = programs[i],
						  .link_id = links[i],
						  .attach_type = attach_type,
						  .ifindex = ifindex},
			fn, ctx);
	return ret;
}

static int attached_detach_program(const struct bcc_attached *attached)
{
	bcc_auto_fd int program = bpf_prog_get_fd_by_id(attached->program_id);

	return program < 0 ? program
			   : bpf_prog_detach2(program,
				     attached->ifindex ? (int)attached->ifindex : attached->target_fd,
				     attached->attach_type);
}

static int attached_detach(const struct bcc_attached *attached)
{
	bcc_auto_fd int link = -1;

	if (!attached->link_id && attached->attach_type == BPF_XDP)
		return bcc_xdp_detach(attached);
	if (!attached->link_id)
		return attached_detach_program(attached);
	link = bpf_link_get_fd_by_id(attached->link_id);
	return link < 0 ? link : bpf_link_detach(link);
}

int bcc_detach_attached(struct bcc *b, const struct bcc_attached *attached)
{
	int ret;

	if (!b)
		return -EINVAL;
	if (!attached || attached->size < sizeof(*attached))
		return bcc_fail(&b->err, -EINVAL, "what to detach is missing");
	BCC_LOG_SCOPE(b);
	ret = attached_detach(attached);
	if (ret == -EPERM || ret == -EACCES)
		return bcc_fail_permission(&b->err, "program %u cannot be detached", attached->program_id);
	if (ret == -ENOENT || ret == -ENOLINK)
		return bcc_fail(&b->err, -ENOENT, "program %u is no longer attached", attached->program_id);
	if (ret == -EOPNOTSUPP || ret == -KERNEL_ENOTSUPP)
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"program %u is held by link %u, which this kernel removes only for its owner",
			attached->program_id, attached->link_id);
	if (ret < 0)
		return bcc_fail(&b->err, ret, "program %u cannot be detached: %s", attached->program_id,
			strerror(-ret));
	return 0;
}
