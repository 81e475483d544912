/* SPDX-License-Identifier: Apache-2.0 */
/* Programs in bpf file systems. */
#include "pinned_program.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/handle.h"
#include "libbcc/kernel/opened.h"
#include "libbcc/kernel/pin.h"
#include "libbcc/kernel/program_name.h"
#include "libbcc/log.h"

int bcc_program_pin(struct bcc_program *p, const char *path)
{
	char what[256];

	if (!p)
		return -EINVAL;
	if (!path || !*path)
		return bcc_fail(&p->owner->err, -EINVAL, "the path to pin program %s at is missing", p->name);
	if (p->fd < 0)
		return bcc_fail(&p->owner->err, -ENOENT,
			"program %s cannot be pinned before bcc_program_load()", p->name);
	BCC_LOG_SCOPE(p->owner);
	snprintf(what, sizeof(what), "program %s", p->name);
	return bcc_pin(&p->owner->err, p->fd, path, what);
}

/* ---- programs of no text ---- */

static void opened_program_free(struct bcc_program *p)
{
	if (p->fd >= 0)
		close(p->fd);
	free((char *)p->name);
	free((char *)p->section);
	free(p);
}

void bcc_opened_programs_close(struct bcc *b)
{
	while (b->opened_programs) {
		struct bcc_program *p = b->opened_programs;

		b->opened_programs = p->next;
		opened_program_free(p);
	}
}

/* Takes the descriptor. */
static struct bcc_program *opened_program_new(struct bcc *b, int fd, const struct bpf_prog_info *info)
{
	struct bcc_program *p = calloc(1, sizeof(*p));
	char name[BCC_PROGRAM_NAME_SIZE];

	if (!p) {
		close(fd);
		return NULL;
	}
	p->owner = b;
	p->fd = fd;
	p->type = (int)info->type;
	p->is_opened = true;
	p->name = strdup(bcc_program_name_of_id(info->id, name, sizeof(name)));
	p->section = strdup("");
	if (p->name && p->section)
		return p;
	opened_program_free(p);
	return NULL;
}

int bcc_open_program(struct bcc *b, const char *path, struct bcc_program **program)
{
	bcc_auto_free char *what = NULL;
	struct bpf_prog_info info = {0};
	struct bcc_program *p;
	int fd, ret;

	if (!b)
		return -EINVAL;
	if (!path || !*path || !program)
		return bcc_fail(&b->err, -EINVAL, "the path of the program, or the place for it, is missing");
	BCC_LOG_SCOPE(b);
	fd = bcc_opened_pin(&b->err, path, "program");
	if (fd < 0)
		return fd;
	if (asprintf(&what, "what is pinned at %s", path) < 0)
		what = NULL;
	ret = bcc_opened_info(&b->err, fd, "bpf-prog", "program", what ? what : path, &info, sizeof(info));
	if (ret) {
		close(fd);
		return ret;
	}
	p = opened_program_new(b, fd, &info);
	if (!p)
		return bcc_fail(&b->err, -ENOMEM, "out of memory for a program");
	p->next = b->opened_programs;
	b->opened_programs = p;
	*program = p;
	return 0;
}
