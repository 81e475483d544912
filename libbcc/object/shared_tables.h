/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that several texts of this process use: BPF_TABLE_PUBLIC, BPF_TABLE_SHARED, BPF_TABLE("extern", …). */
#ifndef LIBBCC_OBJECT_SHARED_TABLES_H
#define LIBBCC_OBJECT_SHARED_TABLES_H

#include "build.h"

/* All below, but for bcc_shared_tables_forget(), is called with the lock held. */
void bcc_shared_tables_lock(void);
void bcc_shared_tables_unlock(void);

/* "extern": the newest of that name. `def` becomes what it is. -ENOENT when there is none, -EINVAL when its keys or
 * values have other sizes than those in `def`, both with a sentence. */
int bcc_shared_table_use(struct bcc *b, const char *name, struct bcc_map_def *def, int *out);
/* BPF_TABLE_SHARED: `*out` stays -1 when no other text has it yet. -EINVAL with a sentence when another has defined it
 * differently. */
int bcc_shared_table_join(struct bcc *b, const char *name, const struct bcc_map_def *def, int *out);
/* -ENOMEM with a sentence. `fd` must stay open until bcc_shared_tables_forget(b). */
int bcc_shared_table_add(
	struct bcc *b, const char *name, const struct bcc_map_def *def, int fd, bool is_shared);

/* Before the handle's tables are closed. */
void bcc_shared_tables_forget(const struct bcc *b);

#endif
