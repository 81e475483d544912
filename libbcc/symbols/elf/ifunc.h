/* SPDX-License-Identifier: Apache-2.0 */
/* Functions whose code the dynamic loader chooses by CPU (strlen and many others of libc). */
#ifndef LIBBCC_SYMBOLS_ELF_IFUNC_H
#define LIBBCC_SYMBOLS_ELF_IFUNC_H

#include <stdbool.h>
#include <stdint.h>

/* The address, as given in the file, of the code that the loader chooses on this machine for `symbol` of the
 * file behind `fd`. Works if this process has loaded the file itself, as it always has its libc; returns
 * false otherwise. */
bool bcc_ifunc_choice(int fd, const char *symbol, uint64_t *address);

#endif
