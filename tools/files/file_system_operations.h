/* SPDX-License-Identifier: Apache-2.0 */
/* Whose operations file_system_operations.bpf.h reports. */
#ifndef TOOLS_FILE_SYSTEM_OPERATIONS_H
#define TOOLS_FILE_SYSTEM_OPERATIONS_H

#include <stdint.h>

#define FILE_SYSTEM_NAMES 3

/* Each is 15 bytes at most, and NULs. */
struct file_system_types {
	uint64_t names[FILE_SYSTEM_NAMES][2];
};

#endif
