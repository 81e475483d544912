/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of a network namespace: sk_lookup chooses sockets, flow_dissector takes packets apart. */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/cleanup.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"

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

static int netns_attach(struct bcc *b, struct bcc_program *p, const char *path, struct bcc_link **link)
{
	bcc_auto_fd int netns = open(path, O_RDONLY | O_CLOEXEC);
	int fd;

	if (netns < 0)
		return bcc_fail(
			&b->err, -errno, "network namespace %s cannot be opened: %s", path, strerror(errno));
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
	return ret ? ret : netns_attach(b, p, netns ? netns : "/proc/thread-self/ns/net", link);
}
