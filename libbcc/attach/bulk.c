/* SPDX-License-Identifier: Apache-2.0 */
#include "bulk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/kernel_errno.h"
#include "common/options.h"
#include "detach.h"
#include "override_return.h"

void bcc_multi_choose(struct bcc_multi *m, enum bcc_kind plain, enum bcc_kind session)
{
	const struct bcc_program_kind *kind = &bcc_program_kinds[session];
	struct bcc_program_section section;

	m->is_session = bcc_program_section_parse(m->p->section, &section) && section.kind == kind;
	m->attach_type = m->is_session ? kind->attach_type : bcc_program_kinds[plain].attach_type;
}

/* Whether the kernel refuses the place, rather than the program or this process. */
static bool is_refusal(int code)
{
	switch (code) {
	case -EINVAL:
	case -ENOENT:
	case -ESRCH:
	case -EIO:
	case -EILSEQ:
	case -EADDRNOTAVAIL:
	case -EOPNOTSUPP:
	case -KERNEL_ENOTSUPP:
	case -EBUSY:
		return true;
	default:
		return false;
	}
}

static int bulk_keep(struct bcc_multi *m, int fd)
{
	int *more;

	/* powers of two */
	if (!(m->fd_count & (m->fd_count - 1))) {
		more = realloc(m->fds, (m->fd_count ? 2 * m->fd_count : 1) * sizeof(*more));
		if (!more) {
			close(fd);
			return -ENOMEM;
		}
		m->fds = more;
	}
	m->fds[m->fd_count++] = fd;
	return 0;
}

static int attach_range(struct bcc_multi *m, bcc_multi_fn attach, size_t first, size_t count)
{
	int fd = attach(m, first, count);
	int ret;

	if (fd >= 0) {
		m->attached += count;
		return bulk_keep(m, fd);
	}
	if (!is_refusal(fd))
		return fd;
	if (count == 1) {
		m->left_out++;
		return 0;
	}
	/* at least one of them was refused: find out by halves which */
	ret = attach_range(m, attach, first, count / 2);
	return ret ? ret : attach_range(m, attach, first + count / 2, count - count / 2);
}

int bcc_multi_attach(struct bcc_multi *m, bcc_multi_fn attach, size_t most)
{
	int ret = 0;

	for (size_t i = 0; i < m->count && !ret; i += most)
		ret = attach_range(m, attach, i, m->count - i < most ? m->count - i : most);
	return ret;
}

int bcc_multi_cookies(struct bcc_multi *m)
{
	if (!m->p->cookie || m->cookies)
		return 0;
	m->cookies = calloc(m->count + 1, sizeof(*m->cookies));
	if (!m->cookies)
		return -ENOMEM;
	for (size_t i = 0; i < m->count; i++)
		m->cookies[i] = m->p->cookie;
	return 0;
}

/* Makes one link of it, or nothing if `err` is a negative errno. */
static int bulk_finish(struct bcc_multi *m, int err, const char *what, struct bcc_link **link)
{
	struct bcc_err *error = &m->p->owner->err;

	if (err == -EMFILE || err == -ENFILE)
		err = bcc_fail(error, err,
			"%s: out of file descriptors after %zu of %zu probes; this kernel needs one for each: raise the limit "
			"(RLIMIT_NOFILE, ulimit -n)",
			what, m->attached, m->count);
	else if (err && error->code != err)
		err = bcc_fail(error, err, "%s: after %zu of %zu probes: %s", what, m->attached, m->count,
			strerror(-err));
	else if (!err && !m->attached)
		err = bcc_fail(error, -ENOENT, "%s: the kernel refuses all %zu probes that match%s", what,
			m->count, bcc_override_hint(m->p));
	if (err)
		bcc_close_descriptors(m->fds, m->fd_count);
	else
		err = bcc_link_add(m->p, m->fds, m->fd_count, link);
	if (!err)
		bcc_err_clear(error); /* from places that were refused */
	free(m->fds);
	free(m->cookies);
	return err ? err : (int)m->attached;
}

int bcc_multi_run(struct bcc_multi *m, int err, bool want_one_by_one, bcc_multi_way at_once,
	bcc_multi_way one_by_one, const char *regex, struct bcc_link **link)
{
	if (!err)
		err = want_one_by_one ? -EOPNOTSUPP : at_once(m);
	if (err == -EOPNOTSUPP && m->is_session)
		err = bcc_fail(&m->p->owner->err, err,
			"\"%s\": this kernel has no session programs, which run at calls and at returns, and which are only "
			"attached to all functions at once (kprobe.session: Linux 6.10 with CONFIG_FPROBE, uprobe.session: 6.13)",
			m->p->name);
	else if (err == -EOPNOTSUPP && m->at_once)
		err = bcc_fail(&m->p->owner->err, err,
			"%s: this kernel cannot attach to %zu functions at once", regex, m->count);
	else if (err == -EOPNOTSUPP)
		err = one_by_one(m);
	return bulk_finish(m, err, regex, link);
}

struct bcc_program *bcc_multi_begin(
	struct bcc *b, const char *prog, const struct bcc_multi_opts *opts, struct bcc_multi_opts *known)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	int ret;

	if (!p)
		return NULL;
	ret = bcc_opts(&b->err, known, sizeof(*known), opts);
	if (!ret && known->pid < 0)
		ret = bcc_fail(&b->err, -EINVAL, "pid %d: use 0 for all processes", known->pid);
	if (ret)
		return NULL;
	bcc_err_clear(&b->err);
	return p;
}
