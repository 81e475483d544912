/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of an object's sections. LLVM makes a symbol for each section that it writes, of the same name,
 * and then refuses a function, variable or table of the text that is called so: SEC("sockops") int
 * sockops(…). The rewriter writes such a section with a prefix, and those who read the object take it off.
 */
#ifndef COMMON_SECTION_NAME_H
#define COMMON_SECTION_NAME_H

#include <string.h>

#define BCC_SECTION_PREFIX ".bpf.sec."

/* The name that the section has in the text. */
static inline const char *bcc_section_name(const char *written)
{
	size_t length = strlen(BCC_SECTION_PREFIX);

	return strncmp(written, BCC_SECTION_PREFIX, length) ? written : written + length;
}

#endif
