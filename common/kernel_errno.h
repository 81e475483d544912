/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers that the kernel returns to user space although no uapi header defines them. */
#ifndef COMMON_KERNEL_ERRNO_H
#define COMMON_KERNEL_ERRNO_H

#define KERNEL_ENOTSUPP 524 /* ENOTSUPP of Linux's include/linux/errno.h */

#endif
