/* SPDX-License-Identifier: Apache-2.0 */
/* Closes the descriptors of attachments. */
#ifndef LIBBCC_ATTACH_DETACH_H
#define LIBBCC_ATTACH_DETACH_H

#include "libbcc/handle.h"

/* Closes all of them, at the same time if the kernel takes its time. */
void bcc_close_descriptors(const int *fds, size_t count);

/* Detaches the links that were added after `before`; NULL: all. */
void bcc_links_detach(struct bcc *b, const struct bcc_link *before);

#endif
