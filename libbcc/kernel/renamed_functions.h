/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_KERNEL_RENAMED_FUNCTIONS_H
#define LIBBCC_KERNEL_RENAMED_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* KSYM_NAME_LEN of Linux 6.1 and later */
#define BCC_FUNCTION_NAME_SIZE 512

struct bcc_renamed_function {
	char name[BCC_FUNCTION_NAME_SIZE];
	const char *differs;  /* what a program there sees otherwise, to go behind the name; "": nothing */
	bool more_parameters; /* than the other's, behind these */
	size_t rank;	      /* the higher, the less it resembles what was asked for */
};

/* For a function that this kernel has no symbol for, or that cannot be probed: finds one that does its work,
 * with the same first argument. `*found` is zeroed before the first call; the next finds the next best. */
bool bcc_renamed_function(const char *name, struct bcc_renamed_function *found);

/* Whether this kernel has a function only inline: what stands under its name are copies that the compiler has
 * made all the same, and none of them can be traced. */
bool bcc_inline_function(const char *name);

/* For a function that this kernel has no symbol for: what has taken over all of its calls, if programs that
 * probe the one probe the other as well, so that they see everything without it; NULL otherwise. */
const char *bcc_gone_function(const char *name);

#endif
