/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_KERNEL_OBJECT_NAME_H
#define LIBBCC_KERNEL_OBJECT_NAME_H

#include <ctype.h>
#include <linux/bpf.h>

/* `name` in the form that the kernel accepts for programs and maps: 15 letters, digits and underscores (dots
 * only since 5.3). */
static inline void bcc_kernel_name(char out[BPF_OBJ_NAME_LEN], const char *name)
{
	size_t i;

	for (i = 0; i + 1 < BPF_OBJ_NAME_LEN && name[i]; i++)
		out[i] = isalnum((unsigned char)name[i]) ? name[i] : '_';
	out[i] = '\0';
}

#endif
