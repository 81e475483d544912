/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with an attachment besides detaching it. */
#include "attach.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "libbcc/kernel/permission.h"
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
	return 0;
}
