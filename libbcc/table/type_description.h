/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the object's BTF as a C declaration and as a list of fields. */
#ifndef LIBBCC_TABLE_TYPE_DESCRIPTION_H
#define LIBBCC_TABLE_TYPE_DESCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include <bcc/bcc.h>

struct btf;

/* "u32", "struct key_t { u32 pid; char comm[16]; }". The caller frees it; NULL when out of memory. */
char *bcc_type_declaration(const struct btf *btf, uint32_t id);

/* The members of a struct or union, or one unnamed field for any other type; the list belongs to the handle.
 * Returns how many there are; -ESRCH if the BTF has no such type, -ELOOP if it contains itself, -EINVAL if it
 * has no size, -ENOMEM. */
int bcc_type_fields(struct bcc *b, const struct btf *btf, uint32_t id, const struct bcc_field **fields);

/* The number of an enumerator of a field of the handle. Returns whether the field's type has one of that
 * name. */
bool bcc_enumerator_find(struct bcc *b, const struct bcc_field *field, const char *name, int64_t *value);
/* Frees all lists of the handle. */
void bcc_type_fields_free(struct bcc *b);

#endif
