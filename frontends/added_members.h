/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts in libbpf's dialect ask with bpf_core_field_exists() for members that other kernels have. To be
 * parsed, these have to be somewhere: they are added to the running kernel's structs, in which the loader
 * then does not find them.
 */
#ifndef FRONTENDS_ADDED_MEMBERS_H
#define FRONTENDS_ADDED_MEMBERS_H

#include <stddef.h>

struct bcc_added_members {
	struct bcc_added_member {
		char *tag, *member;
	} *list;
	size_t count;
};

/* Notes one, once. What there is no memory for is not added. */
void bcc_added_members_note(struct bcc_added_members *added, const char *tag, const char *member);
/* Writes them into definitions of types in C, as btf_dump writes them. Returns a copy (malloc'ed), or NULL:
 * no memory. */
char *bcc_added_members_write(const struct bcc_added_members *added, const char *types);
void bcc_added_members_free(struct bcc_added_members *added);

#endif
