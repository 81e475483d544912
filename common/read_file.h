/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are read whole. */
#ifndef COMMON_READ_FILE_H
#define COMMON_READ_FILE_H

#include <stddef.h>

/* What is in `fd` up to its end, with a NUL behind it, for the caller to free: by reading, so that pipes and files of /proc and tracefs,
 * which have no size, work too. A negative errno of reading, or -ENOMEM. */
int bcc_read_text(int fd, char **text, size_t *length);

#endif
