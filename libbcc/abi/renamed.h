/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_ABI_RENAMED_H
#define LIBBCC_ABI_RENAMED_H

#include <stdbool.h>

/* KSYM_NAME_LEN of Linux 6.1 and later */
#define BCC_FUNCTION_NAME_SIZE 512

/* For a function that this kernel has no symbol of: the one that does its work here, with the same first argument. */
bool bcc_renamed_function(const char *name, char instead[BCC_FUNCTION_NAME_SIZE]);

#endif
