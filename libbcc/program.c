/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "handle.h"

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
	for (size_t i = 0; name && i < bcc_program_count(b); i++)
		if (strcmp(b->programs[i].name, name) == 0)
			return &b->programs[i];
	return NULL;
}

const char *bcc_program_name(const struct bcc_program *p)
{
	return p->name;
}

int bcc_program_fd(const struct bcc_program *p)
{
	return p->fd >= 0 ? p->fd : -ENOENT;
}
