/* SPDX-License-Identifier: Apache-2.0 */
/* Reads whole files. */
#ifndef COMMON_READ_FILE_H
#define COMMON_READ_FILE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads `fd` to its end into a NUL-terminated buffer that the caller frees. Works on pipes and on files of
 * /proc and tracefs, which have no size. Returns 0, the negative errno of reading, or -ENOMEM. */
int bcc_read_text(int fd, char **text, size_t *length);

/* Reads the file at a path that anybody may have chosen, without ever waiting: only a regular file (else
 * -EINVAL, -EISDIR for a folder) of at most `most` bytes (else -EFBIG), and in a set-user-ID program only one
 * that the user who started it may read (else -EACCES). Files of /proc, whose size is 0, count as empty. */
int bcc_read_regular_file(const char *path, size_t most, char **data, size_t *size);

#ifdef __cplusplus
}
#endif
#endif
