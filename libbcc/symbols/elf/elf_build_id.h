/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_SYMBOLS_ELF_ELF_BUILD_ID_H
#define LIBBCC_SYMBOLS_ELF_ELF_BUILD_ID_H

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

/* Copies the build ID (at most `room` bytes of it); returns its size, 0 if the file has none. */
size_t bcc_elf_build_id(Elf *elf, uint8_t *build_id, size_t room);

#endif
