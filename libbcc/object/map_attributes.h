/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a text says about a table besides its definition, as strings in a section of their own (written by
 * frontends/include/bcc/tables.h):
 *
 *   __bcc_word_NAME   BPF_TABLE's word: "hash", "hash:/sys/fs/bpf/x", "array_of_maps$inner", "extern"
 *   __bcc_scope_NAME  "public" or "shared"
 */
#ifndef LIBBCC_OBJECT_MAP_ATTRIBUTES_H
#define LIBBCC_OBJECT_MAP_ATTRIBUTES_H

#include "elf.h"

/* Strings point into the object. */
struct bcc_table_words {
	const char *path;  /* where it is pinned, NULL: it is not */
	const char *inner; /* the table that serves as template for its entries, NULL: none */
	bool is_public, is_shared;
};

/* Returns -EINVAL with an error message if the section is damaged. */
int bcc_table_words(
	const struct bcc_elf *elf, const char *table, struct bcc_table_words *words, struct bcc_err *err);

#endif
