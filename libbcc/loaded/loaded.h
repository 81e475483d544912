/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share: the list of <bcc/loaded.h> while it is made. */
#ifndef LIBBCC_LOADED_LOADED_H
#define LIBBCC_LOADED_LOADED_H

#include <bcc/loaded.h>

#include "common/error.h"

struct btf;

/* An object, and where what it points to is owned. */
struct bcc_loaded_entry {
	struct bcc_loaded_object object;
	char type_text[16]; /* a type without a name */
	char *name;
	char **targets, **pins;
	struct bcc_loaded_holder *holders;
	uint32_t *tables;
	uint32_t btf_object, btf_type; /* what a program was loaded for */
};

struct bcc_loaded {
	struct bcc_err err;
	struct bcc_loaded_entry *entries;
	size_t count, room;
	struct btf *kernel; /* types, when a target needed them */
	bool kernel_tried;
	int stats; /* has the kernel count; -1: not */
};

/* NULL: there is none. */
struct bcc_loaded_entry *bcc_loaded_entry_find(const struct bcc_loaded *l, int kind, uint32_t id);

/* Each copies the text. Return 0 or -ENOMEM. A target that is there already is not added again. */
int bcc_loaded_add_target(struct bcc_loaded_entry *entry, const char *target);
int bcc_loaded_add_pin(struct bcc_loaded_entry *entry, const char *path);

/* Where a link is attached, as a text; "" if the kernel does not tell. `program` may be NULL. */
void bcc_loaded_link_target(
	struct bcc_loaded *l, int fd, const struct bcc_loaded_entry *program, char *text, size_t size);

/* Fill in who holds objects, and where they are pinned. Return 0 or -ENOMEM; what cannot be looked at is left
 * out. */
int bcc_loaded_read_holders(struct bcc_loaded *l);
int bcc_loaded_read_pins(struct bcc_loaded *l);

/* The kind and ID of what a descriptor of this process stands for. Returns false if that is none of them. */
bool bcc_loaded_identify(int fd, int *kind, uint32_t *id);

#endif
