/* SPDX-License-Identifier: Apache-2.0 */
/* Types of BTF as C: what functions take and return, and the members of structs. */
#ifndef LIBBCC_FEATURES_PROTOTYPES_H
#define LIBBCC_FEATURES_PROTOTYPES_H

#include <bcc/kernel_features.h>
#include <stdbool.h>

struct btf;
struct btf_dump;
struct btf_type;

struct bcc_prototypes {
	const struct btf *btf;
	struct btf_dump *dump;
	char *text; /* where the dump writes to */
	size_t length, room;
	bool no_memory;
	struct bcc_argument *arguments;
	size_t argument_room;
};

/* The strings are valid until the next is described. */
struct bcc_prototype {
	const char *result; /* "" for members */
	const struct bcc_argument *arguments;
	size_t count;
};

/* Returns 0 or -ENOMEM; bcc_prototypes_close() is called in either case. */
int bcc_prototypes_open(struct bcc_prototypes *p, const struct btf *btf);
void bcc_prototypes_close(struct bcc_prototypes *p);

/* Describes a function's prototype without its first `skip` arguments. Returns 0 or -ENOMEM; with more
 * arguments than a function can have, none are described and -EINVAL is returned. */
int bcc_prototypes_function(
	struct bcc_prototypes *p, const struct btf_type *prototype, size_t skip, struct bcc_prototype *out);

/* Describes the members of a struct. Returns as above. */
int bcc_prototypes_members(struct bcc_prototypes *p, const struct btf_type *type, struct bcc_prototype *out);

/* Whether it takes "...": then it ends with a nameless argument without type. */
bool bcc_prototype_takes_more(const struct btf_type *prototype);

#endif
