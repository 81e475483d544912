/* SPDX-License-Identifier: Apache-2.0 */
/* Reads whole files. */
#ifndef COMMON_READ_FILE_H
#define COMMON_READ_FILE_H

#include <stddef.h>

/* Reads `fd` to its end into a NUL-terminated buffer that the caller frees. Works on pipes and on files of
 * /proc and tracefs, which have no size. Returns 0, the negative errno of reading, or -ENOMEM. */
int bcc_read_text(int fd, char **text, size_t *length);

#endif
