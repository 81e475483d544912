/* SPDX-License-Identifier: Apache-2.0 */
/* Names that the running kernel's BTF has for the values of its enums. */
#ifndef TOOLS_LIB_KERNEL_ENUM_H
#define TOOLS_LIB_KERNEL_ENUM_H

#include <stdint.h>

/* The name of `value` in `enum type`; NULL if there is none. `type` is a constant: what has been looked up is
 * kept. */
const char *kernel_enum_name(const char *type, uint32_t value);

void kernel_enum_close(void);

#endif
