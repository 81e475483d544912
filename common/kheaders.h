/* SPDX-License-Identifier: Apache-2.0 */
/* The headers that a kernel includes: an archive, available with CONFIG_IKHEADERS or while the module
 * "kheaders" is loaded. */
#ifndef COMMON_KHEADERS_H
#define COMMON_KHEADERS_H

#include "common/error.h"

#define BCC_KHEADERS "/sys/kernel/kheaders.tar.xz"

/* Unpacks `archive` into a new directory (its path malloc'ed), which only this user can read. Returns -ENOENT
 * if there is no archive, or another negative errno with an error message; nothing is left behind then. */
int bcc_kheaders_unpack(const char *archive, char **folder, struct bcc_err *err);

/* Removes the directory and its contents. */
void bcc_kheaders_remove(const char *folder);

#endif
