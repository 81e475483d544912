/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_ATTACH_RENAMED_FUNCTIONS_H
#define LIBBCC_ATTACH_RENAMED_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* KSYM_NAME_LEN of Linux 6.1 and later */
#define BCC_FUNCTION_NAME_SIZE 512

/* For a function that this kernel has no symbol for, or that cannot be probed: finds one that does its work,
 * with the same first argument. `rank`: 0 at first; leave it unchanged to get the next best. */
bool bcc_renamed_function(const char *name, size_t *rank, char instead[BCC_FUNCTION_NAME_SIZE]);

/* For a function that this kernel has no symbol for: what has taken over all of its calls, if programs that
 * probe the one probe the other as well, so that they see everything without it; NULL otherwise. */
const char *bcc_gone_function(const char *name);

#endif
