/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of a network namespace: sk_lookup chooses sockets, flow_dissector takes packets apart. */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "attached.h"
#include "common/array.h"
#include "common/cleanup.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/log.h"

static int netns_refused(struct bcc *b, struct bcc_program *p, const char *path, int code)
{
	if (code == -E2BIG && p->type == BPF_PROG_TYPE_FLOW_DISSECTOR)
		code = -EEXIST; /* here this is the limit */
	switch (code) {
	case -EPERM:
	case -EACCES:
		return bcc_fail_permission(
			&b->err, "\"%s\" cannot be attached to network namespace %s", p->name, path);
	case -EEXIST:
		return bcc_fail(&b->err, -EEXIST,
			"\"%s\" cannot be attached: network namespace %s, or the first one of the machine, has a flow "
			"dissector, and only one is possible",
			p->name, path);
	case -EINVAL:
		return bcc_fail(&b->err, code,
			"\"%s\" cannot be attached: %s is not a network namespace, or the kernel is older than 5.8 "
			"(flow_dissector) or 5.9 (sk_lookup)",
			p->name, path);
	default:
		return bcc_fail(&b->err, code, "\"%s\" cannot be attached to network namespace %s: %s",
			p->name, path, strerror(-code));
	}
}

#define NETNS_OWN "/proc/thread-self/ns/net"

static int netns_open(struct bcc *b, const char *path)
{
	int netns = open(path, O_RDONLY | O_CLOEXEC);

	return netns < 0 ? bcc_fail(&b->err, -errno, "network namespace %s cannot be opened: %s", path,
				   strerror(errno))
			 : netns;
}

static int netns_attach(struct bcc *b, struct bcc_program *p, const char *path, struct bcc_link **link)
{
	bcc_auto_fd int netns = netns_open(b, path);
	int fd;

	if (netns < 0)
		return netns;
	fd = bcc_link_create(&(struct bcc_link_create){
		.prog_fd = p->fd, .target = netns, .attach_type = p->expected_attach_type});
	return fd < 0 ? netns_refused(b, p, path, fd) : bcc_link_add(p, &fd, 1, link);
}

int bcc_attach_netns(struct bcc *b, const char *prog, const char *netns, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_program_section section;
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	if (!bcc_program_section_parse(p->section, &section) ||
		(section.kind->type != BPF_PROG_TYPE_SK_LOOKUP &&
			section.kind->type != BPF_PROG_TYPE_FLOW_DISSECTOR))
		return bcc_fail(&b->err, -EINVAL,
			"\"%s\" does not say what it does for a network namespace: put it into SEC(\"sk_lookup\") or "
			"SEC(\"flow_dissector\")",
			p->name);
	ret = bcc_attach_load(p, section.kind - bcc_program_kinds, NULL);
	return ret ? ret : netns_attach(b, p, netns ? netns : NETNS_OWN, link);
}

/* ---- what is attached ---- */

#define PROGRAMS_MAX 64 /* of a hook: MAX_BPF_FUNC of the kernel */

struct netns_link {
	uint32_t netns;
	int attach_type;
	uint32_t program, skip;
};

static bool netns_is_link(void *ctx, const struct bpf_link_info *link)
{
	struct netns_link *wanted = ctx;

	return link->type == BPF_LINK_TYPE_NETNS && link->netns.netns_ino == wanted->netns &&
	       (int)link->netns.attach_type == wanted->attach_type && link->prog_id == wanted->program &&
	       !wanted->skip--;
}

static int netns_query(struct bcc *b, int netns, int attach_type, bcc_attached_fn fn, void *ctx)
{
	uint32_t programs[PROGRAMS_MAX] = {0}, count = PROGRAMS_MAX;
	struct stat stat;
	int ret = bpf_prog_query(netns, attach_type, 0, NULL, programs, &count);

	if (ret || fstat(netns, &stat))
		return bcc_fail(&b->err, ret ? ret : -errno,
			"the programs of a network namespace cannot be listed: %s",
			strerror(ret ? -ret : errno));
	for (uint32_t i = 0; !ret && i < count; i++) {
		struct netns_link wanted = {
			.netns = stat.st_ino, .attach_type = attach_type, .program = programs[i]};

		for (uint32_t j = 0; j < i; j++)
			wanted.skip += programs[j] == programs[i];
		ret = bcc_attached_report(&(struct bcc_attached){.program_id = programs[i],
						  .link_id = bcc_kernel_link_find(netns_is_link, &wanted),
						  .attach_type = attach_type,
						  .target_fd = netns},
			fn, ctx);
	}
	return ret;
}

int bcc_query_netns(struct bcc *b, const char *netns, bcc_attached_fn fn, void *ctx)
{
	static const int hooks[] = {BPF_FLOW_DISSECTOR, BPF_SK_LOOKUP};
	bcc_auto_fd int fd = -1;
	int ret = 0;

	if (!b)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&b->err, -EINVAL, "the callback is missing");
	BCC_LOG_SCOPE(b);
	fd = netns_open(b, netns ? netns : NETNS_OWN);
	if (fd < 0)
		return fd;
	for (size_t i = 0; !ret && i < ARRAY_SIZE(hooks); i++)
		ret = netns_query(b, fd, hooks[i], fn, ctx);
	return ret;
}
