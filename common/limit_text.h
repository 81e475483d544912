/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of time and memory in readable form: "60 s", "1.5 s", "1 GB", "300 MB". */
#ifndef COMMON_LIMIT_TEXT_H
#define COMMON_LIMIT_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Both write to `buf` and return it. */
const char *bcc_time_text(uint64_t milliseconds, char *buf, size_t size);
const char *bcc_memory_text(uint64_t bytes, char *buf, size_t size);

#endif
