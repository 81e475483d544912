/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies: a value of each attachment that its program can ask for. */
#include "cookie.h"

#include <errno.h>

#include <bpf/bpf.h>

#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/release.h"

int bcc_program_set_cookie(struct bcc_program *p, uint64_t cookie)
{
	if (!p)
		return -EINVAL;
	p->cookie = cookie;
	return 0;
}

int bcc_attach_to_target(const struct bcc_program *p)
{
	/* works on every kernel that has trampolines */
	if (!p->cookie)
		return bpf_raw_tracepoint_open(NULL, p->fd);
	return bcc_link_create(&(struct bcc_link_create){.prog_fd = (uint32_t)p->fd,
		.attach_type = (uint32_t)p->expected_attach_type,
		.tracing.cookie = p->cookie});
}

int bcc_cookie_refused(struct bcc_program *p, int code, unsigned major, unsigned minor)
{
	if (!p->cookie || code != -EINVAL || bcc_kernel_is_at_least(major, minor))
		return 0;
	return bcc_fail(&p->owner->err, -EOPNOTSUPP,
		"\"%s\" has a cookie (bcc_program_set_cookie()), and those of attachments of this kind need Linux %u.%u",
		p->name, major, minor);
}
