/* SPDX-License-Identifier: Apache-2.0 */
/* What vfsstat.bpf.c counts for vfsstat.c. */
#ifndef TOOLS_VFSSTAT_H
#define TOOLS_VFSSTAT_H

#include <stdint.h>

enum {
	VFSSTAT_READ,
	VFSSTAT_WRITE,
	VFSSTAT_FSYNC,
	VFSSTAT_OPEN,
	VFSSTAT_CREATE,
	VFSSTAT_UNLINK,
	VFSSTAT_MKDIR,
	VFSSTAT_RMDIR,
	VFSSTAT_KINDS
};

/* The only entry of its table. */
struct event {
	uint32_t key;
	uint32_t counts[2 * VFSSTAT_KINDS]; /* u64 each, not aligned */
};

#endif
