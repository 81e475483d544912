/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_COMPILE_OWN_FILE_H
#define LIBBCC_COMPILE_OWN_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* The path of a file given relative to the directory of the file that this code was loaded from
 * ("bcc/libbcc-compiler.so"). Returns false if that is unknown, or the path is too long. */
bool bcc_own_file_neighbour(const char *from_here, char *path, size_t size);

#endif
