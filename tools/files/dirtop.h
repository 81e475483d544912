/* SPDX-License-Identifier: Apache-2.0 */
/* What dirtop.bpf.c and dirtop.c agree on. */
#ifndef TOOLS_DIRTOP_H
#define TOOLS_DIRTOP_H

#include "file_bytes.h"

#define DIRTOP_FOLDERS 64

struct dirtop_folders {
	uint64_t count;
	struct {
		uint64_t inode;
		uint64_t device;
	} folders[DIRTOP_FOLDERS];
};

/* An entry of the table. */
struct event {
	uint64_t folder; /* which of the folders */
	struct file_bytes bytes;
};

#endif
