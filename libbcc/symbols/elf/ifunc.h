/* SPDX-License-Identifier: Apache-2.0 */
/* Functions whose code the loader chooses by the CPU (strlen and many others of libc). */
#ifndef LIBBCC_SYMBOLS_ELF_IFUNC_H
#define LIBBCC_SYMBOLS_ELF_IFUNC_H

#include <stdbool.h>
#include <stdint.h>

/* The address, as the file has it, of the code that the loader chooses on this machine for `symbol` of the
 * file behind `fd`. It can be asked for when this process has the file loaded itself, as it always has its
 * libc; false otherwise. */
bool bcc_ifunc_choice(int fd, const char *symbol, uint64_t *address);

#endif
