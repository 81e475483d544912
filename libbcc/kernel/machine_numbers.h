/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the machine and its kernel that programs have as constants, and that need no address of the
 * kernel: the addresses of symbols which frontends/header_names/stand_ins.h declares. None is 0, which an
 * address cannot be. */
#ifndef LIBBCC_KERNEL_MACHINE_NUMBERS_H
#define LIBBCC_KERNEL_MACHINE_NUMBERS_H

#include <stdint.h>

/* 0: there is no such number. */
uint64_t bcc_machine_number(const char *name);

#endif
