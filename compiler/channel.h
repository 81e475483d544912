/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler's end of the socket to the process that a text is compiled for (common/compile_wire.h). */
#ifndef COMPILER_CHANNEL_H
#define COMPILER_CHANNEL_H

#include "common/compile_wire.h"

/* What is put into it goes out with the next bcc_channel_flush(). */
extern struct bcc_bytes bcc_channel_out;

/* Both end the process when the other side is gone. */
void bcc_channel_flush(void);
/* The next frame, valid until another is received; descriptors that come with it are put into `fds` (may be
 * NULL), at most `room`, and `*count` is set. */
void bcc_channel_receive(struct bcc_frame *frame, int *fds, size_t room, size_t *count);

/* From a signal handler: sends `bytes` if no other frame is on its way, and ends the process. */
void bcc_channel_last_words(const void *bytes, size_t size) __attribute__((noreturn));

#endif
