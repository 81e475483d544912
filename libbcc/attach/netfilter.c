/* SPDX-License-Identifier: Apache-2.0 */
/* Programs at the hooks of netfilter, among the chains of nftables and iptables. */
#include "attach.h"

#include <errno.h>
#include <limits.h>
#include <linux/netfilter.h>
#include <string.h>

#include "attached.h"
#include "common/kernel_bpf.h"
#include "common/options.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/log.h"

#define KERNEL_BPF_F_NETFILTER_IP_DEFRAG (1 << 0) /* Linux 6.6 */

static int netfilter_check(struct bcc *b, const struct bcc_netfilter_opts *opts)
{
	if (opts->family != NFPROTO_IPV4 && opts->family != NFPROTO_IPV6)
		return bcc_fail(&b->err, -EINVAL,
			"%d is not a family of netfilter: NFPROTO_IPV4 or NFPROTO_IPV6", opts->family);
	if (opts->hook < NF_INET_PRE_ROUTING || opts->hook > NF_INET_POST_ROUTING)
		return bcc_fail(&b->err, -EINVAL,
			"%d is not a hook of netfilter: NF_INET_PRE_ROUTING to NF_INET_POST_ROUTING",
			opts->hook);
	if (opts->priority == INT_MIN || opts->priority == INT_MAX)
		return bcc_fail(&b->err, -EINVAL, "priority %d is the kernel's own", opts->priority);
	return 0;
}

static int netfilter_refused(
	struct bcc *b, struct bcc_program *p, const struct bcc_netfilter_opts *opts, int code)
{
	switch (code) {
	case -EPERM:
	case -EACCES:
		return bcc_fail_permission(&b->err, "\"%s\" cannot be attached to netfilter", p->name);
	case -EBUSY:
		return bcc_fail(&b->err, code,
			"\"%s\" cannot be attached: hook %d has a program with priority %d, and each needs its own",
			p->name, opts->hook, opts->priority);
	case -EINVAL:
	case -EAFNOSUPPORT:
	case -EOPNOTSUPP:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"\"%s\" cannot be attached to netfilter: this kernel cannot (Linux 6.4, for defrag 6.6, with "
			"CONFIG_NETFILTER_BPF_LINK)",
			p->name);
	default:
		return bcc_fail(&b->err, code, "\"%s\" cannot be attached to netfilter: %s", p->name,
			strerror(-code));
	}
}

int bcc_attach_netfilter(
	struct bcc *b, const char *prog, const struct bcc_netfilter_opts *opts, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_netfilter_opts known;
	int ret, fd;

	if (!p)
		return b ? b->err.code : -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (!ret)
		ret = netfilter_check(b, &known);
	if (!ret)
		ret = bcc_attach_load(p, BCC_KIND_NETFILTER, NULL);
	if (ret)
		return ret;
	fd = bcc_link_create(&(struct bcc_link_create){.prog_fd = p->fd,
		.attach_type = KERNEL_BPF_NETFILTER,
		.netfilter = {.family = known.family,
			.hook = known.hook,
			.priority = known.priority,
			.flags = known.defrag ? KERNEL_BPF_F_NETFILTER_IP_DEFRAG : 0}});
	return fd < 0 ? netfilter_refused(b, p, &known, fd) : bcc_link_add(p, &fd, 1, link);
}

/* ---- what is attached ---- */

#define KERNEL_BPF_LINK_TYPE_NETFILTER 10 /* Linux 6.4 */

struct netfilter_query {
	const struct bcc_netfilter_opts *wanted;
	bcc_attached_fn fn;
	void *ctx;
	int ret;
};

static bool netfilter_is_wanted(const struct bcc_attached *found, const struct bcc_netfilter_opts *wanted)
{
	return !wanted->family ||
	       (found->netfilter_family == wanted->family && found->netfilter_hook == wanted->hook);
}

static bool netfilter_report(void *ctx, const struct bpf_link_info *link)
{
	struct netfilter_query *query = ctx;
	struct { /* of the kernel's struct bpf_link_info, where that of a network namespace is */
		uint32_t family, hook;
		int32_t priority;
	} place;
	struct bcc_attached found;

	if ((int)link->type != KERNEL_BPF_LINK_TYPE_NETFILTER)
		return false;
	_Static_assert(offsetof(struct bpf_link_info, netns) + sizeof(place) <= sizeof(*link), "room");
	memcpy(&place, (const char *)link + offsetof(struct bpf_link_info, netns), sizeof(place));
	found = (struct bcc_attached){.program_id = link->prog_id,
		.link_id = link->id,
		.attach_type = KERNEL_BPF_NETFILTER,
		.netfilter_family = (int)place.family,
		.netfilter_hook = (int)place.hook,
		.netfilter_priority = place.priority};
	if (netfilter_is_wanted(&found, query->wanted))
		query->ret = bcc_attached_report(&found, query->fn, query->ctx);
	return query->ret;
}

int bcc_query_netfilter(struct bcc *b, const struct bcc_netfilter_opts *opts, bcc_attached_fn fn, void *ctx)
{
	struct bcc_netfilter_opts known;
	struct netfilter_query query = {.wanted = &known, .fn = fn, .ctx = ctx};
	int ret;

	if (!b)
		return -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (!ret && known.family)
		ret = netfilter_check(b, &known);
	if (ret)
		return ret;
	if (!fn)
		return bcc_fail(&b->err, -EINVAL, "the callback is missing");
	BCC_LOG_SCOPE(b);
	bcc_kernel_link_find(netfilter_report, &query);
	return query.ret;
}
