/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_LOAD_VERIFIER_LOG_H
#define LIBBCC_LOAD_VERIFIER_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "libbcc/handle.h"

/*
 * Loads a program with a log: calls `load`, which returns a descriptor or a negative errno, with the largest
 * buffer that kernels accept. The caller frees `*log` in any case. If the log is too long (-ENOSPC), it is
 * the end of the log, or "" where the kernel has only kept its beginning (before 6.4). Returns -ENOMEM if
 * there was no memory for a buffer.
 */
int bcc_load_with_log(int (*load)(void *ctx, char *log, size_t size), void *ctx, char **log);

/*
 * The log with " @ FILE:LINE" appended to each source line, as kernels from 6.9 on write it themselves; lines
 * that have it or are not known stay unchanged. The caller frees it; NULL when out of memory.
 */
char *bcc_verifier_log_with_places(const struct bcc_program *p, const char *log);

/* Whether the verifier says that the program is too complex for it. */
bool bcc_verifier_gave_up(const char *log);
/* Whether it says that there are too many instructions to verify. */
bool bcc_verifier_ran_out(const char *log);

/* " Advice." for the common mistakes behind a log's messages, or "". Static. */
const char *bcc_verifier_hint(const char *log);

/* The place in the text of the program's instruction `insn`: "FILE:LINE", "": unknown. Returns buf. */
const char *bcc_program_place(const struct bcc_program *p, unsigned long insn, char *buf, size_t size);

/* What the verifier says last before it gives up, and where. */
struct bcc_verifier_reason {
	char *sentence;	 /* owned; NULL: it does not say */
	char *source;	 /* owned; the line of the text, NULL: unknown */
	char place[256]; /* "FILE:LINE", "": unknown */
};
void bcc_verifier_reason(const struct bcc_program *p, const char *log, struct bcc_verifier_reason *reason);
void bcc_verifier_reason_free(struct bcc_verifier_reason *reason);

#endif
