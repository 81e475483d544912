/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of netkit devices, which run in the namespace of the sender before a packet changes sides. */
#include "attach.h"

#include <errno.h>
#include <string.h>

#include "attached.h"
#include "common/kernel_bpf.h"
#include "common/options.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"
#include "order.h"

static int netkit_refused(struct bcc *b, struct bcc_program *p, const char *device, int code)
{
	switch (code) {
	case -EPERM:
		return bcc_fail_permission(
			&b->err, "\"%s\" cannot be attached to device %s", p->name, device);
	case -EINVAL:
	case -ENXIO:
	case -EOPNOTSUPP:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"\"%s\" cannot be attached: %s is not a netkit device (Linux 6.7)", p->name, device);
	case -EACCES:
		return bcc_fail(&b->err, -EINVAL,
			"\"%s\" cannot be attached: %s is the peer of its pair; programs of both are attached to the "
			"primary device",
			p->name, device);
	case -EEXIST:
		return bcc_fail(&b->err, code, "\"%s\" is attached to device %s already", p->name, device);
	default:
		return bcc_fail(&b->err, code, "\"%s\" cannot be attached to device %s: %s", p->name, device,
			strerror(-code));
	}
}

static bool netkit_is_peer(const struct bcc_program *p, const struct bcc_netkit_opts *opts)
{
	struct bcc_program_section section;

	return opts->peer || (bcc_program_section_parse(p->section, &section) &&
				     section.kind == &bcc_program_kinds[BCC_KIND_NETKIT_PEER]);
}

int bcc_attach_netkit(struct bcc *b, const char *prog, const char *device, const struct bcc_netkit_opts *opts,
	struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_link_create create = {0};
	struct bcc_netkit_opts known;
	int ret, ifindex, fd;

	if (!p)
		return b ? b->err.code : -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (ret)
		return ret;
	ifindex = bcc_device_index(b, device);
	if (ifindex < 0)
		return ifindex;
	ret = bcc_order_set(b, known.order, &create);
	if (!ret)
		ret = bcc_attach_load(p, BCC_KIND_TC, NULL);
	if (ret)
		return ret;
	create.prog_fd = p->fd;
	create.target = ifindex;
	create.attach_type = netkit_is_peer(p, &known) ? KERNEL_BPF_NETKIT_PEER : KERNEL_BPF_NETKIT_PRIMARY;
	fd = bcc_link_create(&create);
	if (fd < 0)
		return netkit_refused(b, p, device, fd);
	return bcc_link_add_typed(b, p->type, 0, &fd, 1, link);
}

int bcc_query_netkit(struct bcc *b, const char *device, bool peer, bcc_attached_fn fn, void *ctx)
{
	int ifindex = bcc_query_device(b, device, fn), ret;

	if (ifindex < 0)
		return ifindex;
	ret = bcc_attached_at_device(
		ifindex, peer ? KERNEL_BPF_NETKIT_PEER : KERNEL_BPF_NETKIT_PRIMARY, fn, ctx);
	if (ret == -ENXIO || ret == -EOPNOTSUPP)
		return bcc_fail(&b->err, -EOPNOTSUPP, "%s is not a netkit device (Linux 6.7)", device);
	if (ret == -EACCES)
		return bcc_fail(&b->err, -EINVAL,
			"%s is the peer of its pair: programs of both are those of the primary device",
			device);
	return ret;
}
