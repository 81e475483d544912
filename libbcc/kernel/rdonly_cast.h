/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_KERNEL_RDONLY_CAST_H
#define LIBBCC_KERNEL_RDONLY_CAST_H

#include <stdbool.h>

/* Whether a program of this process may call function `id` of the kernel's BTF, bpf_rdonly_cast(), with type
 * 0 (kernel 6.17): determined by loading one that does. The answer is remembered. */
bool bcc_kernel_takes_rdonly_cast(unsigned id);

#endif
