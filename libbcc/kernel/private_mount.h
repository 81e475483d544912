/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_KERNEL_PRIVATE_MOUNT_H
#define LIBBCC_KERNEL_PRIVATE_MOUNT_H

/* A descriptor of the root of a fresh mount of file system `type`, to which no path leads: it ends with the last
 * descriptor. Negative errno; -ENODEV: the kernel has no such file system. Kernel: 5.2. */
int bcc_mount_private(const char *type);

#endif
