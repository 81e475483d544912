/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_KERNEL_RELEASE_H
#define LIBBCC_KERNEL_RELEASE_H

#include <stdbool.h>

/* Whether the running kernel's release is MAJOR.MINOR or newer; for what a kernel does not tell in any other
 * way. True if its release is not a number. */
bool bcc_kernel_is_at_least(unsigned major, unsigned minor);

#endif
