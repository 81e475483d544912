/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_ABI_SEMAPHORE_H
#define LIBBCC_ABI_SEMAPHORE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether at `offset` of the file is a counter of a static probe (USDT): <sys/sdt.h> puts them into section .probes. */
bool bcc_is_semaphore(const char *path, uint64_t offset);

#endif
