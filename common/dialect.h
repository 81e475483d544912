/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts are written in one of two dialects: BCC's, with tables that have methods and kernel memory that is
 * read like one's own; or libbpf's, in which C means what it says, and headers bring the rest:
 * "vmlinux.h", <bpf/bpf_helpers.h>.
 */
#ifndef COMMON_DIALECT_H
#define COMMON_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a text is in libbpf's dialect: it includes one of those headers; or defines tables or a license in
 * sections, by a macro SEC() or a header of its own; and has no table of BCC's, unless it defines a macro of
 * that name. */
bool bcc_dialect_is_libbpf(const char *text);

/* The same of a text in the file `path`, which may have all that in files that it includes: they are looked
 * for beside it and in the folders that -I among `flags` names. */
bool bcc_dialect_of_file(const char *text, const char *path, const char *const *flags, size_t flag_count);

#endif
