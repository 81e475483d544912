/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a text says of a table beyond its definition, as strings in a section of their own
 * (frontends/include/bcc/tables.h writes them):
 *
 *   __bcc_word_NAME   the word given to BPF_TABLE: "hash", "hash:/sys/fs/bpf/x", "array_of_maps$inner", "extern"
 *   __bcc_scope_NAME  "public" or "shared"
 */
#ifndef LIBBCC_OBJECT_MAP_ATTRIBUTES_H
#define LIBBCC_OBJECT_MAP_ATTRIBUTES_H

#include "elf.h"

/* The type of a table that another text defines, as no map type of the kernel will be for long. */
#define BCC_TYPE_EXTERN 0xffff

/* Strings point into the object. */
struct bcc_table_words {
	const char *path;  /* where it is pinned, NULL: nowhere */
	const char *inner; /* the table that its entries are like, NULL: none */
	bool is_public, is_shared;
};

/* -EINVAL with a sentence when the section is damaged. */
int bcc_table_words(
	const struct bcc_elf *elf, const char *table, struct bcc_table_words *words, struct bcc_err *err);

#endif
