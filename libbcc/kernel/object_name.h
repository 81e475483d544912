/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_KERNEL_OBJECT_NAME_H
#define LIBBCC_KERNEL_OBJECT_NAME_H

#include <ctype.h>
#include <linux/bpf.h>

/* `name` as the kernel takes it for programs and maps: 15 letters, digits and underscores. (Dots only
 * from 5.3 on.) */
static inline void bcc_kernel_name(char out[BPF_OBJ_NAME_LEN], const char *name)
{
	size_t i;

	for (i = 0; i + 1 < BPF_OBJ_NAME_LEN && name[i]; i++)
		out[i] = isalnum((unsigned char)name[i]) ? name[i] : '_';
	out[i] = '\0';
}

#endif
