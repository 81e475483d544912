/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that decide about the data of the sockets in a table. By links since Linux 6.10. */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/program_name.h"
#include "libbcc/object/object.h"

/* Before links: the table has the program, which the link's descriptor is. */
struct sockmap_place {
	int map;
	enum bpf_attach_type attach_type;
};

static void sockmap_detach(struct bcc_link *link)
{
	const struct sockmap_place *place = link->state;

	bpf_prog_detach2(link->fds[0], place->map, place->attach_type);
}

static int sockmap_replace(struct bcc_link *link, struct bcc_program *p)
{
	const struct sockmap_place *place = link->state;
	int fd = fcntl(p->fd, F_DUPFD_CLOEXEC, 0);
	int ret = fd < 0 ? -errno : bpf_prog_attach(fd, place->map, place->attach_type, 0);

	if (ret) {
		if (fd >= 0)
			close(fd);
		return ret;
	}
	close(link->fds[0]);
	link->fds[0] = fd;
	return 0;
}

static const struct bcc_link_ops sockmap_ops = {.detach = sockmap_detach, .replace = sockmap_replace};

static int sockmap_busy(struct bcc *b, struct bcc_program *p, struct bcc_table *t, uint32_t id)
{
	char name[BCC_PROGRAM_NAME_SIZE];

	return bcc_fail(&b->err, -EBUSY, "\"%s\" cannot be attached: table %s has the program \"%s\"%s",
		p->name, t->name, id ? bcc_program_name_of_id(id, name, sizeof(name)) : "?",
		p->expected_attach_type == BPF_SK_SKB_VERDICT ||
				p->expected_attach_type == BPF_SK_SKB_STREAM_VERDICT
			? " (of stream_verdict and verdict it can have one)"
			: "");
}

/* The program that the table has, which the kernel would replace without a word; 0: none. */
static uint32_t sockmap_program(int map, int attach_type)
{
	uint32_t id = 0, count = 1;

	return !bpf_prog_query(map, attach_type, 0, NULL, &id, &count) && count ? id : 0;
}

static int sockmap_refused(struct bcc *b, struct bcc_program *p, struct bcc_table *t, int code)
{
	if (code == -EPERM || code == -EACCES)
		return bcc_fail_permission(
			&b->err, "\"%s\" cannot be attached to table %s", p->name, t->name);
	if (code == -EBUSY)
		return sockmap_busy(b, p, t, sockmap_program(t->fd, p->expected_attach_type));
	return bcc_fail(&b->err, code == -EINVAL ? -EOPNOTSUPP : code,
		"\"%s\" cannot be attached to table %s: %s", p->name, t->name,
		code == -EINVAL ? "this kernel does not have such programs" : strerror(-code));
}

static int sockmap_attach_table(
	struct bcc *b, struct bcc_program *p, struct bcc_table *t, struct bcc_link **link)
{
	uint32_t id = sockmap_program(t->fd, p->expected_attach_type);
	struct sockmap_place *place;
	struct bcc_link *added;
	int fd, ret;

	if (id)
		return sockmap_busy(b, p, t, id);
	fd = fcntl(p->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return bcc_fail(&b->err, -errno, "\"%s\" cannot be attached: %s", p->name, strerror(errno));
	ret = bcc_link_add(p, &fd, 1, &added);
	if (ret)
		return ret;
	place = malloc(sizeof(*place));
	if (place)
		*place = (struct sockmap_place){.map = t->fd, .attach_type = p->expected_attach_type};
	ret = place ? bpf_prog_attach(fd, t->fd, p->expected_attach_type, 0) : -ENOMEM;
	if (ret) {
		free(place);
		bcc_detach(added);
		return sockmap_refused(b, p, t, ret);
	}
	bcc_link_keep(added, &sockmap_ops, place);
	if (link)
		*link = added;
	return 0;
}

static int sockmap_attach(struct bcc *b, struct bcc_program *p, struct bcc_table *t, struct bcc_link **link)
{
	int fd = bcc_link_create(&(struct bcc_link_create){
		.prog_fd = p->fd, .target = t->fd, .attach_type = p->expected_attach_type});

	if (fd >= 0)
		return bcc_link_add(p, &fd, 1, link);
	return fd == -EINVAL ? sockmap_attach_table(b, p, t, link) : sockmap_refused(b, p, t, fd);
}

int bcc_attach_sockmap(struct bcc *b, const char *prog, const char *table, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	struct bcc_program_section section;
	struct bcc_table *t;
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	if (!table || !(t = bcc_table_find(b, table)))
		return bcc_fail(&b->err, table ? -ENOENT : -EINVAL, "the text has no table \"%s\"",
			table ? table : "");
	if (!bcc_program_section_parse(p->section, &section) ||
		(section.kind->type != BPF_PROG_TYPE_SK_MSG && section.kind->type != BPF_PROG_TYPE_SK_SKB) ||
		section.kind == &bcc_program_kinds[BCC_KIND_SK_SKB])
		return bcc_fail(&b->err, -EINVAL,
			"\"%s\" does not say what it does for the sockets of a table: put it into SEC(\"sk_msg\"), "
			"SEC(\"sk_skb/stream_parser\"), SEC(\"sk_skb/stream_verdict\") or SEC(\"sk_skb/verdict\")",
			p->name);
	ret = bcc_object_create(b);
	if (ret)
		return ret;
	if (t->type != BPF_MAP_TYPE_SOCKMAP && t->type != BPF_MAP_TYPE_SOCKHASH)
		return bcc_fail(&b->err, -EINVAL, "table %s is neither a sockmap nor a sockhash", t->name);
	ret = bcc_attach_load(p, section.kind - bcc_program_kinds, NULL);
	return ret ? ret : sockmap_attach(b, p, t, link);
}
