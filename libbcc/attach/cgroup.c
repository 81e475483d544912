/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that decide about what the processes of a cgroup do. */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>

#include "attached.h"
#include "common/cleanup.h"
#include "common/options.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/log.h"
#include "lsm.h"
#include "order.h"

#define PROGRAMS_MAX 64 /* of a cgroup's hook: BPF_CGROUP_MAX_PROGS of the kernel */

static bool is_cgroup_kind(const struct bcc_program_kind *kind)
{
	switch (kind->type) {
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
	case BPF_PROG_TYPE_CGROUP_DEVICE:
	case BPF_PROG_TYPE_SOCK_OPS:
		return true;
	default:
		return kind->attach_type == BPF_LSM_CGROUP;
	}
}

/* The hook that the caller names, else the program's section (NULL: there is no program). */
static int cgroup_hook(
	struct bcc *b, const char *hook, const struct bcc_program *p, struct bcc_program_section *out)
{
	const char *section = hook ? hook : p ? p->section : "";

	if (!bcc_program_section_parse(section, out) || !is_cgroup_kind(out->kind)) {
		if (hook)
			return bcc_fail(&b->err, -EINVAL,
				"\"%s\" is not a hook of cgroups, such as \"cgroup/connect4\" or \"cgroup_skb/egress\"",
				hook);
		return bcc_fail(&b->err, -EINVAL,
			"which hook of the cgroup is missing: put %s%s%s into a section such as "
			"SEC(\"cgroup/connect4\"), or give bcc_cgroup_opts.hook",
			p ? "\"" : "", p ? p->name : "the program", p ? "\"" : "");
	}
	if (out->kind == &bcc_program_kinds[BCC_KIND_CGROUP_SKB])
		return bcc_fail(&b->err, -EINVAL,
			"\"cgroup/skb\" does not say in which direction: give \"cgroup_skb/ingress\" or "
			"\"cgroup_skb/egress\" as bcc_cgroup_opts.hook");
	return 0;
}

/* A descriptor of the caller's cgroup, to be closed. */
static int cgroup_open(struct bcc *b, const char *path, const struct bcc_cgroup_opts *opts)
{
	int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
		      : fcntl(opts->cgroup_fd, F_DUPFD_CLOEXEC, 0);
	struct statfs fs;

	if (fd < 0 && path)
		return bcc_fail(&b->err, -errno, "cgroup %s cannot be opened: %s", path, strerror(errno));
	if (fd < 0)
		return bcc_fail(&b->err, -errno,
			"the cgroup's path is missing, and bcc_cgroup_opts.cgroup_fd (%d) is not a descriptor",
			opts->cgroup_fd);
	if (fstatfs(fd, &fs) || fs.f_type == CGROUP2_SUPER_MAGIC)
		return fd;
	close(fd);
	return bcc_fail(&b->err, -EINVAL,
		"%s%s is not a cgroup of version 2, the only one that has programs: it is a directory where cgroup2 "
		"is mounted, usually /sys/fs/cgroup or /sys/fs/cgroup/unified",
		path ? path : "the descriptor", path ? "" : " of bcc_cgroup_opts.cgroup_fd");
}

static int cgroup_refused(
	struct bcc *b, struct bcc_program *p, const char *hook, const struct bcc_cgroup_opts *opts, int code)
{
	int ret = bcc_order_refused(b, opts->order, code, "6.17 for cgroups");

	if (ret)
		return ret;
	switch (code) {
	case -EPERM:
	case -EACCES:
		return bcc_fail_permission(&b->err,
			"\"%s\" cannot be attached to %s of this cgroup (or a program that does not allow others is "
			"attached there, or to a cgroup above)",
			p->name, hook);
	case -E2BIG:
		return bcc_fail(&b->err, code,
			"\"%s\" cannot be attached: %s of this cgroup has %d programs, as many as the kernel allows",
			p->name, hook, PROGRAMS_MAX);
	case -EINVAL:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"\"%s\" cannot be attached: this kernel has no hook %s for links (they need Linux 5.7)",
			p->name, hook);
	default:
		return bcc_fail(&b->err, code, "\"%s\" cannot be attached to %s of this cgroup: %s", p->name,
			hook, strerror(-code));
	}
}

static int cgroup_attach(struct bcc *b, struct bcc_program *p, const char *path,
	const struct bcc_cgroup_opts *opts, struct bcc_link **link)
{
	struct bcc_program_section hook;
	struct bcc_link_create create = {0};
	bcc_auto_fd int cgroup = -1;
	int ret = cgroup_hook(b, opts->hook, p, &hook), fd;

	if (ret)
		return ret;
	cgroup = cgroup_open(b, path, opts);
	if (cgroup < 0)
		return cgroup;
	ret = bcc_order_set(b, opts->order, &create);
	if (!ret && hook.kind->attach_type == BPF_LSM_CGROUP && !bcc_lsm_is_active())
		ret = bcc_fail(&b->err, -EOPNOTSUPP,
			"LSM hook %s: this kernel's BPF LSM is not active; it needs CONFIG_BPF_LSM and "
			"\"bpf\" in the kernel parameter lsm=",
			hook.target);
	if (!ret)
		ret = bcc_attach_load(p, hook.kind - bcc_program_kinds, *hook.target ? hook.target : NULL);
	if (ret)
		return ret;
	create.prog_fd = p->fd;
	create.target = cgroup;
	create.attach_type = hook.kind->attach_type;
	fd = bcc_link_create(&create);
	if (fd < 0)
		return cgroup_refused(b, p, hook.kind->section, opts, fd);
	return bcc_link_add(p, &fd, 1, link);
}

int bcc_attach_cgroup(struct bcc *b, const char *prog, const char *cgroup, const struct bcc_cgroup_opts *opts,
	struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_cgroup_opts known;
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (ret)
		return ret;
	if (!cgroup && !opts)
		return bcc_fail(&b->err, -EINVAL, "the path of the cgroup is missing");
	return cgroup_attach(b, p, cgroup, &known, link);
}

/* The link by which a cgroup has a program, the `skip`-th of those with the same program. */
struct cgroup_link {
	uint64_t cgroup;
	int attach_type;
	uint32_t program, skip;
};

static bool cgroup_is_link(void *ctx, const struct bpf_link_info *link)
{
	struct cgroup_link *wanted = ctx;

	return link->type == BPF_LINK_TYPE_CGROUP && link->cgroup.cgroup_id == wanted->cgroup &&
	       (int)link->cgroup.attach_type == wanted->attach_type && link->prog_id == wanted->program &&
	       !wanted->skip--;
}

static int cgroup_query(struct bcc *b, int cgroup, int attach_type, bcc_attached_fn fn, void *ctx)
{
	uint32_t programs[PROGRAMS_MAX], count = PROGRAMS_MAX;
	struct stat stat;
	int ret = bpf_prog_query(cgroup, attach_type, 0, NULL, programs, &count);

	if (ret || fstat(cgroup, &stat))
		return bcc_fail(&b->err, ret ? ret : -errno, "the cgroup's programs cannot be listed: %s",
			strerror(ret ? -ret : errno));
	for (uint32_t i = 0; !ret && i < count; i++) {
		/* a cgroup's ID is the number of its inode */
		struct cgroup_link wanted = {
			.cgroup = stat.st_ino, .attach_type = attach_type, .program = programs[i]};

		for (uint32_t j = 0; j < i; j++)
			wanted.skip += programs[j] == programs[i];
		ret = bcc_attached_report(&(struct bcc_attached){.program_id = programs[i],
						  /* the kernel lists programs and not links */
						  .link_id = bcc_kernel_link_find(cgroup_is_link, &wanted),
						  .attach_type = attach_type,
						  .target_fd = cgroup},
			fn, ctx);
	}
	return ret;
}

int bcc_query_cgroup(
	struct bcc *b, const char *cgroup, const struct bcc_cgroup_opts *opts, bcc_attached_fn fn, void *ctx)
{
	struct bcc_cgroup_opts known;
	struct bcc_program_section hook;
	bcc_auto_fd int fd = -1;
	int ret;

	if (!b)
		return -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (ret)
		return ret;
	if (!fn || (!cgroup && !opts))
		return bcc_fail(
			&b->err, -EINVAL, "the %s is missing", fn ? "path of the cgroup" : "callback");
	ret = cgroup_hook(b, known.hook, NULL, &hook);
	if (ret)
		return ret;
	fd = cgroup_open(b, cgroup, &known);
	return fd < 0 ? fd : cgroup_query(b, fd, hook.kind->attach_type, fn, ctx);
}
