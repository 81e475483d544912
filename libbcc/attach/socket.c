/* SPDX-License-Identifier: Apache-2.0 */
/* Filters of sockets, and programs that choose among the sockets of a port. */
#include "attach.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/options.h"
#include "libbcc/kernel/permission.h"

#define KERNEL_SO_DETACH_REUSEPORT_BPF 68 /* Linux 5.3 */

/* A socket, by its number and by what tells whether the number still is that socket. */
struct socket_place {
	int fd;
	uint64_t cookie;
	bool reuseport;
};

static int socket_cookie(int fd, uint64_t *cookie)
{
	socklen_t size = sizeof(*cookie);

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, cookie, &size) ? -errno : 0;
}

static bool socket_is_there(const struct socket_place *place)
{
	uint64_t cookie;

	return !socket_cookie(place->fd, &cookie) && cookie == place->cookie;
}

static int socket_set(const struct socket_place *place, int program)
{
	int option = place->reuseport ? SO_ATTACH_REUSEPORT_EBPF : SO_ATTACH_BPF;

	return setsockopt(place->fd, SOL_SOCKET, option, &program, sizeof(program)) ? -errno : 0;
}

static void socket_detach(struct bcc_link *link)
{
	const struct socket_place *place = link->state;
	int option = place->reuseport ? KERNEL_SO_DETACH_REUSEPORT_BPF : SO_DETACH_BPF, none = 0;

	if (socket_is_there(place))
		setsockopt(place->fd, SOL_SOCKET, option, &none, sizeof(none));
}

static int socket_replace(struct bcc_link *link, struct bcc_program *p)
{
	return socket_is_there(link->state) ? socket_set(link->state, p->fd) : -ENOLINK;
}

static const struct bcc_link_ops socket_ops = {.detach = socket_detach, .replace = socket_replace};

static int socket_refused(struct bcc *b, struct bcc_program *p, const struct socket_place *place, int code)
{
	if (code == -EPERM)
		return bcc_fail_permission(&b->err,
			"\"%s\" cannot be attached to socket %d (or its filter is locked)", p->name,
			place->fd);
	if (code == -EINVAL && place->reuseport)
		return bcc_fail(&b->err, code,
			"\"%s\" cannot be attached to socket %d: it is not bound, or does not share its port "
			"(SO_REUSEPORT)",
			p->name, place->fd);
	return bcc_fail(&b->err, code, "\"%s\" cannot be attached to socket %d: %s", p->name, place->fd,
		strerror(-code));
}

static enum bcc_kind socket_kind(const struct bcc_program *p, bool reuseport)
{
	struct bcc_program_section section;

	if (bcc_program_section_parse(p->section, &section) &&
		section.kind->type == BPF_PROG_TYPE_SK_REUSEPORT)
		return section.kind - bcc_program_kinds;
	return reuseport ? BCC_KIND_SK_REUSEPORT : BCC_KIND_SOCKET;
}

static int socket_attach(
	struct bcc *b, struct bcc_program *p, struct socket_place *place, struct bcc_link *link)
{
	int ret = socket_cookie(place->fd, &place->cookie);

	if (ret)
		return bcc_fail(&b->err, ret, "\"%s\" cannot be attached to descriptor %d: %s", p->name,
			place->fd, strerror(-ret));
	ret = socket_set(place, p->fd);
	if (ret)
		return socket_refused(b, p, place, ret);
	bcc_link_keep(link, &socket_ops, place);
	return 0;
}

int bcc_attach_socket(struct bcc *b, const char *prog, int socket, const struct bcc_socket_opts *opts,
	struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_socket_opts known;
	struct socket_place *place;
	struct bcc_link *added;
	enum bcc_kind kind;
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (ret)
		return ret;
	kind = socket_kind(p, known.reuseport);
	ret = bcc_attach_load(p, kind, NULL);
	if (!ret)
		ret = bcc_link_add(p, NULL, 0, &added);
	if (ret)
		return ret;
	place = malloc(sizeof(*place));
	if (place)
		*place = (struct socket_place){.fd = socket, .reuseport = kind != BCC_KIND_SOCKET};
	ret = place ? socket_attach(b, p, place, added)
		    : bcc_fail(&b->err, -ENOMEM, "out of memory for an attachment");
	if (ret) {
		free(place);
		bcc_detach(added);
	} else if (link) {
		*link = added;
	}
	return ret;
}
