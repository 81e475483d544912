/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of /proc/meminfo. */
#ifndef TOOLS_LIB_MEMINFO_H
#define TOOLS_LIB_MEMINFO_H

#include <stdint.h>

/* In bytes; 0 if it has no such line. */
uint64_t meminfo_bytes(const char *name);

#endif
