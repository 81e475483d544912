/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that outlive the process by a name in a bpf file system. */
#ifndef LIBBCC_OBJECT_PINNED_H
#define LIBBCC_OBJECT_PINNED_H

#include "build.h"

/* Both use the table that is pinned, or make one and pin it. 0 and a descriptor, or a negative errno with a sentence. */

/* BPF_TABLE_PINNED: what is pinned decides type, flags and number of entries (a warning says so); keys and values must
 * have the text's sizes. `def` becomes what is used. */
int bcc_pinned_at(
	struct bcc *b, const char *path, const char *name, struct bcc_map_def *def, int inner_fd, int *out);
/* libbpf's LIBBPF_PIN_BY_NAME: /sys/fs/bpf/NAME, which must be as the text defines it. */
int bcc_pinned_by_name(
	struct bcc *b, const char *name, const struct bcc_map_def *def, int inner_fd, int *out);

#endif
