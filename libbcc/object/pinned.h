/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that outlive the process by a name in a bpf file system. */
#ifndef LIBBCC_OBJECT_PINNED_H
#define LIBBCC_OBJECT_PINNED_H

#include "build.h"

/* Both use the table that is pinned, or create one and pin it. They return 0 and a descriptor, or a negative
 * errno with an error message. */

/* BPF_TABLE_PINNED: the pinned table decides type, flags and number of entries (with a warning if the text
 * differs); keys and values must have the text's sizes. `def` is updated to what is used. */
int bcc_pinned_at(
	struct bcc *b, const char *path, const char *name, struct bcc_map_def *def, int inner_fd, int *out);
/* libbpf's LIBBPF_PIN_BY_NAME: /sys/fs/bpf/NAME, which must match the definition in the text. */
int bcc_pinned_by_name(
	struct bcc *b, const char *name, const struct bcc_map_def *def, int inner_fd, int *out);

/* Closes the tables that bcc_table_open_pinned() has opened. */
void bcc_opened_tables_close(struct bcc *b);

#endif
