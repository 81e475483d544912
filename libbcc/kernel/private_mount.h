/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_KERNEL_PRIVATE_MOUNT_H
#define LIBBCC_KERNEL_PRIVATE_MOUNT_H

/* A descriptor of the root of a new mount of file system `type`, detached from any path: it ends with its
 * last descriptor. Returns a negative errno on failure; -ENODEV if the kernel does not have the file system.
 * Kernel: 5.2. */
int bcc_mount_private(const char *type);

#endif
