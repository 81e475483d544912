/* SPDX-License-Identifier: Apache-2.0 */
/* What file_bytes.bpf.h counts. */
#ifndef TOOLS_FILE_BYTES_H
#define TOOLS_FILE_BYTES_H

#include <stdint.h>

struct file_bytes {
	uint64_t calls; /* reads and writes */
	uint64_t reads;
	uint64_t writes;
	uint64_t read_bytes;
	uint64_t written_bytes;
};

enum { FILE_BYTES_COUNTERS = 5 };

#endif
