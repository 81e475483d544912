/* SPDX-License-Identifier: Apache-2.0 */
/* XDP: programs that see the packets of a device first. */
#include "attach.h"

#include <errno.h>
#include <linux/if_link.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "attached.h"
#include "common/cleanup.h"
#include "common/kernel_errno.h"
#include "common/options.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/program_name.h"
#include "libbcc/log.h"

#define KERNEL_BPF_F_XDP_HAS_FRAGS (1 << 5) /* Linux 5.18 */

static const struct {
	uint32_t flag;
	const char *name; /* "… mode" in messages */
} xdp_modes[] = {
	[BCC_XDP_DEFAULT] = {0, "any"},
	[BCC_XDP_GENERIC] = {XDP_FLAGS_SKB_MODE, "generic"},
	[BCC_XDP_DRIVER] = {XDP_FLAGS_DRV_MODE, "driver"},
	[BCC_XDP_OFFLOAD] = {XDP_FLAGS_HW_MODE, "offload"},
};

/* A device can run one program in each of generic or driver mode, and offload mode. */
struct xdp_programs {
	uint32_t id[BCC_XDP_OFFLOAD + 1]; /* by mode; 0: none */
};

static int xdp_programs(int ifindex, struct xdp_programs *programs)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	int ret = bpf_xdp_query(ifindex, 0, &query);

	*programs = (struct xdp_programs){.id = {
						  [BCC_XDP_GENERIC] = query.skb_prog_id,
						  [BCC_XDP_DRIVER] = query.drv_prog_id,
						  [BCC_XDP_OFFLOAD] = query.hw_prog_id,
					  }};
	return ret;
}

static int xdp_busy(struct bcc *b, const char *device, int ifindex)
{
	char name[BCC_PROGRAM_NAME_SIZE] = "";
	struct xdp_programs programs;
	size_t mode = BCC_XDP_GENERIC;

	xdp_programs(ifindex, &programs);
	while (mode < BCC_XDP_OFFLOAD && !programs.id[mode])
		mode++;
	bcc_program_name_of_id(programs.id[mode], name, sizeof(name));
	return bcc_fail(&b->err, -EBUSY,
		"device %s already runs the XDP program \"%s\" (ID %u, %s mode), and it can only run one: "
		"detach that (bcc_query_xdp() and bcc_detach_attached() do), or replace it with "
		"bcc_link_replace()",
		device, name, programs.id[mode], xdp_modes[mode].name);
}

static int xdp_refused(
	struct bcc *b, struct bcc_program *p, const char *device, int ifindex, int mode, int code)
{
	switch (code) {
	case -EBUSY:
	case -EEXIST:
		return xdp_busy(b, device, ifindex);
	case -EPERM:
	case -EACCES:
		return bcc_fail_permission(
			&b->err, "\"%s\" cannot be attached to device %s", p->name, device);
	case -EOPNOTSUPP:
	case -KERNEL_ENOTSUPP:
	case -ERANGE:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"device %s cannot run XDP programs in %s mode, or not with its MTU%s", device,
			xdp_modes[mode].name,
			mode == BCC_XDP_DRIVER || mode == BCC_XDP_OFFLOAD
				? ": BCC_XDP_GENERIC works on any device"
				: "");
	case -EINVAL:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"\"%s\" cannot be attached to device %s: the kernel refuses it in %s mode (links for XDP need "
			"Linux 5.9), or the device refuses its offload",
			p->name, device, xdp_modes[mode].name);
	default:
		return bcc_fail(&b->err, code, "\"%s\" cannot be attached to device %s: %s", p->name, device,
			strerror(-code));
	}
}

static int xdp_load(struct bcc_program *p, const struct bcc_xdp_opts *opts, int ifindex)
{
	struct bcc_load_opts load = {
		.size = sizeof(load),
		.expected_attach_type = BPF_XDP,
		.prog_flags = opts->frags ? KERNEL_BPF_F_XDP_HAS_FRAGS : 0,
		.ifindex = opts->mode == BCC_XDP_OFFLOAD ? ifindex : 0,
	};
	struct bcc_program_section section;

	if (bcc_program_section_parse(p->section, &section) && section.kind->type == BPF_PROG_TYPE_XDP &&
		section.kind->attach_type != BPF_XDP)
		return bcc_fail(&p->owner->err, -EINVAL,
			"\"%s\" is in section \"%s\": such programs are not attached to a device but written into an "
			"entry of a map",
			p->name, p->section);
	return bcc_program_load(p, BPF_PROG_TYPE_XDP, &load);
}

static int xdp_attach(struct bcc *b, struct bcc_program *p, const char *device,
	const struct bcc_xdp_opts *opts, struct bcc_link **link)
{
	int ifindex = bcc_device_index(b, device);
	int ret, fd;

	if (ifindex < 0)
		return ifindex;
	ret = xdp_load(p, opts, ifindex);
	if (ret < 0)
		return ret;
	fd = bcc_link_create(&(struct bcc_link_create){.prog_fd = p->fd,
		.target = ifindex,
		.attach_type = BPF_XDP,
		.flags = xdp_modes[opts->mode].flag});
	if (fd < 0)
		return xdp_refused(b, p, device, ifindex, opts->mode, fd);
	return bcc_link_add(p, &fd, 1, link);
}

int bcc_attach_xdp(struct bcc *b, const char *prog, const char *device, const struct bcc_xdp_opts *opts,
	struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_xdp_opts known;
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	BCC_LOG_SCOPE(b);
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (ret)
		return ret;
	if (known.mode < BCC_XDP_DEFAULT || known.mode > BCC_XDP_OFFLOAD)
		return bcc_fail(&b->err, -EINVAL, "%d is not a mode of XDP", known.mode);
	return xdp_attach(b, p, device, &known, link);
}

/* The device does not tell whether a link holds its program. An index and a program's ID can be those of a
 * device of another network namespace too: then it remains unknown which link it is. */
static uint32_t xdp_link_id(int ifindex, uint32_t program)
{
	uint32_t found = 0;

	for (uint32_t id = 0; !bpf_link_get_next_id(id, &id);) {
		bcc_auto_fd int fd = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = {0};
		uint32_t size = sizeof(info);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) || info.type != BPF_LINK_TYPE_XDP ||
			info.xdp.ifindex != (uint32_t)ifindex || info.prog_id != program)
			continue;
		if (found)
			return 0;
		found = id;
	}
	return found;
}

int bcc_query_xdp(struct bcc *b, const char *device, bcc_attached_fn fn, void *ctx)
{
	struct xdp_programs programs;
	int ifindex = bcc_query_device(b, device, fn), ret;

	if (ifindex < 0)
		return ifindex;
	BCC_LOG_SCOPE(b);
	ret = xdp_programs(ifindex, &programs);
	if (ret)
		return bcc_fail(
			&b->err, ret, "device %s does not tell its XDP programs: %s", device, strerror(-ret));
	for (int mode = BCC_XDP_GENERIC; !ret && mode <= BCC_XDP_OFFLOAD; mode++)
		if (programs.id[mode])
			ret = bcc_attached_report(&(struct bcc_attached){.program_id = programs.id[mode],
							  .link_id = xdp_link_id(ifindex, programs.id[mode]),
							  .attach_type = BPF_XDP,
							  .ifindex = ifindex,
							  .mode = mode},
				fn, ctx);
	return ret;
}

/* Only if it is still this one: in the meantime the device may have got another. */
int bcc_xdp_detach(const struct bcc_attached *attached)
{
	bcc_auto_fd int program = bpf_prog_get_fd_by_id(attached->program_id);
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = program);
	int ret;

	if (program < 0)
		return program;
	if (attached->mode < BCC_XDP_DEFAULT || attached->mode > BCC_XDP_OFFLOAD)
		return -EINVAL;
	ret = bpf_xdp_detach(attached->ifindex, xdp_modes[attached->mode].flag | XDP_FLAGS_REPLACE, &opts);
	return ret == -EEXIST ? -ENOENT : ret;
}
