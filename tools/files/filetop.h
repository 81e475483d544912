/* SPDX-License-Identifier: Apache-2.0 */
/* What filetop.bpf.c counts for filetop.c. */
#ifndef TOOLS_FILETOP_H
#define TOOLS_FILETOP_H

#include "file_bytes.h"

struct filetop_key {
	uint64_t inode;
	uint32_t device;
	uint32_t tid;
};

struct filetop_value {
	struct file_bytes bytes;
	uint32_t pid;
	uint32_t mode; /* i_mode */
	char comm[16];
	char name[256];
};

/* An entry of the table. */
struct event {
	struct filetop_key key;
	struct filetop_value value;
};

#endif
