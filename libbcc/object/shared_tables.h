/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that several texts of this process use: BPF_TABLE_PUBLIC, BPF_TABLE_SHARED, BPF_TABLE("extern",
 * …). */
#ifndef LIBBCC_OBJECT_SHARED_TABLES_H
#define LIBBCC_OBJECT_SHARED_TABLES_H

#include "build.h"

/* The calls that take a handle, except bcc_shared_tables_forget(), require the lock. */
void bcc_shared_tables_lock(void);
void bcc_shared_tables_unlock(void);

/* "extern": uses the newest table of that name, and updates `def` to it. Returns -ENOENT if there is none,
 * -EINVAL if its keys or values have other sizes than those in `def`; both with an error message. */
int bcc_shared_table_use(struct bcc *b, const char *name, struct bcc_map_def *def, int *out);
/* BPF_TABLE_SHARED: `*out` stays -1 if no other text has it yet. Returns -EINVAL with an error message if
 * another text has defined it differently. */
int bcc_shared_table_join(struct bcc *b, const char *name, const struct bcc_map_def *def, int *out);
/* Returns -ENOMEM with an error message. `fd` must stay open until bcc_shared_tables_forget(b). */
int bcc_shared_table_add(
	struct bcc *b, const char *name, const struct bcc_map_def *def, int fd, bool is_shared);

/* A table of the program's own, until it withdraws it, for texts of one namespace (NULL: of all). `fd`
 * remains the caller's. Returns -EEXIST if it offers one of that name already; withdrawing -ENOENT if it does
 * not. Both take the lock. */
int bcc_shared_table_offer(
	const char *maps_namespace, const char *name, const struct bcc_map_def *def, int fd);
int bcc_shared_table_withdraw(const char *maps_namespace, const char *name);

/* To be called before the handle's tables are closed. */
void bcc_shared_tables_forget(const struct bcc *b);

#endif
