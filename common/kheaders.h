/* SPDX-License-Identifier: Apache-2.0 */
/* The headers that a kernel includes: an archive, available with CONFIG_IKHEADERS or while the module
 * "kheaders" is loaded. */
#ifndef COMMON_KHEADERS_H
#define COMMON_KHEADERS_H

#include "common/error.h"

#define BCC_KHEADERS "/sys/kernel/kheaders.tar.xz"

struct bcc_kheaders {
	char *folder; /* NULL: not unpacked */
	int lock;     /* on the directory, while `folder` is set; negative: not possible there */
};

/* Unpacks `archive` into a new directory that only this user can read, in $TMPDIR, else in memory or /tmp.
 * Removes those there of processes that were killed before they removed theirs. Returns -ENOENT if there is
 * no archive, or another negative errno with an error message; nothing is left behind then. */
int bcc_kheaders_unpack(const char *archive, struct bcc_kheaders *unpacked, struct bcc_err *err);

/* Removes the directory and its contents, if it was unpacked. */
void bcc_kheaders_remove(struct bcc_kheaders *unpacked);

#endif
