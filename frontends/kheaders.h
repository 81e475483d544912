/* SPDX-License-Identifier: Apache-2.0 */
/* The headers that a kernel carries in itself: an archive that is there with CONFIG_IKHEADERS, or while the module "kheaders" is
 * loaded. */
#ifndef FRONTENDS_KHEADERS_H
#define FRONTENDS_KHEADERS_H

#include "common/error.h"

#define BCC_KHEADERS "/sys/kernel/kheaders.tar.xz"

/* Unpacks `archive` into a new folder (malloc'ed), which only this user can read. -ENOENT there is none; otherwise a negative errno
 * with a sentence, and nothing is left behind. */
int bcc_kheaders_unpack(const char *archive, char **folder, struct bcc_err *err);

/* Removes the folder with what is in it. */
void bcc_kheaders_remove(const char *folder);

#endif
