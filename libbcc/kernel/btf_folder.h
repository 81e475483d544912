/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_KERNEL_BTF_FOLDER_H
#define LIBBCC_KERNEL_BTF_FOLDER_H

/* Returns a new descriptor (O_PATH) of /sys/kernel/btf, which has the BTF of the kernel and its modules; if
 * sysfs is not mounted, in a private mount. Returns a negative errno if the kernel has none. */
int bcc_btf_folder_open(void);

#endif
