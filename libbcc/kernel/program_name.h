/* SPDX-License-Identifier: Apache-2.0 */
/* What a loaded program is called, whoever loaded it. */
#ifndef LIBBCC_KERNEL_PROGRAM_NAME_H
#define LIBBCC_KERNEL_PROGRAM_NAME_H

#include <stddef.h>
#include <stdint.h>

#define BCC_PROGRAM_NAME_SIZE 128

/* The name of its function, from its BTF; without BTF the first 15 characters; "" if there is no such program
 * any more, or it may not be looked at. Returns buf. */
const char *bcc_program_name_of_id(uint32_t id, char *buf, size_t size);

#endif
