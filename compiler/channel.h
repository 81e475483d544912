/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler's end of the socket to the process that it compiles a text for (common/compile_wire.h). */
#ifndef COMPILER_CHANNEL_H
#define COMPILER_CHANNEL_H

#include "common/compile_wire.h"

/* What is put into it is sent by the next bcc_channel_flush(). */
extern struct bcc_bytes bcc_channel_out;

/* Both end the process if the other side is gone. */
void bcc_channel_flush(void);
/* Receives the next frame, valid until the next call; descriptors that accompany it are put into `fds` (may
 * be NULL), at most `room`, and `*count` is set. */
void bcc_channel_receive(struct bcc_frame *frame, int *fds, size_t room, size_t *count);

/* From a signal handler: sends `bytes` unless another frame is being sent, and ends the process. */
void bcc_channel_last_words(const void *bytes, size_t size) __attribute__((noreturn));

#endif
