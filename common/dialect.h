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

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a header, by its name without folders, has the kernel's types in libbpf's dialect, as bpftool makes
 * it: vmlinux.h, vmlinux_x86.h, vmlinux-6.4.h, vmlinuxcifs.h of a module. */
bool bcc_dialect_is_types(const char *name, size_t length);

/* Whether a text is in libbpf's dialect: it includes one of those headers; or defines tables or a license in
 * sections, by a macro SEC() or a header of its own; and has no table of BCC's, unless it defines a macro of
 * that name. */
bool bcc_dialect_is_libbpf(const char *text);

/* The same of a text in the file `path`, which may have all that in files that it includes: they are looked
 * for beside it and in the folders that -I among `flags` names. */
bool bcc_dialect_of_file(const char *text, const char *path, const char *const *flags, size_t flag_count);

#ifdef __cplusplus
}
#endif

#endif
