/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include <string.h>

#include "libbcc/handle.h"

size_t bcc_program_count(const struct bcc *b)
{
	return b ? b->program_count : 0;
}

struct bcc_program *bcc_program_at(struct bcc *b, size_t index)
{
	return b && index < b->program_count ? &b->programs[index] : NULL;
}

struct bcc_program *bcc_program_find(struct bcc *b, const char *name)
{
	const struct bcc_name *found = b && name ? bcc_name_index_find(&b->program_names, name) : NULL;

	return found ? &b->programs[found->index] : NULL;
}

const char *bcc_program_name(const struct bcc_program *p)
{
	return p ? p->name : NULL;
}

const char *bcc_program_section(const struct bcc_program *p)
{
	/* functions that the text puts nowhere have one of the compiler's */
	return p && strncmp(p->section, ".bpf.fn.", 8) ? p->section : "";
}

int bcc_program_fd(const struct bcc_program *p)
{
	if (!p)
		return -EINVAL;
	return p->fd >= 0 ? p->fd : -ENOENT;
}
