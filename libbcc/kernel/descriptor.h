/* SPDX-License-Identifier: Apache-2.0 */
/* What a descriptor is. */
#ifndef LIBBCC_KERNEL_DESCRIPTOR_H
#define LIBBCC_KERNEL_DESCRIPTOR_H

#include <stdbool.h>

/* Whether the kernel calls it so: "bpf-map", "bpf-prog". */
bool bcc_descriptor_is(int fd, const char *what);

#endif
