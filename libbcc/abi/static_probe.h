/* SPDX-License-Identifier: Apache-2.0 */
/* What a uprobe has to know that is at a static probe (USDT), although the client does not say that it is. */
#ifndef LIBBCC_ABI_STATIC_PROBE_H
#define LIBBCC_ABI_STATIC_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "libbcc/usdt/argument_location.h"

struct bcc_static_probe {
	uint64_t address;
	uint64_t semaphore_offset; /* 0: none */
	struct bcc_usdt_place place;
};

/* Whether one is at `offset` of the file. */
bool bcc_static_probe_at(const char *path, uint64_t offset, struct bcc_static_probe *out);

/* Whether at `offset` of the file is the semaphore of one. */
bool bcc_is_semaphore(const char *path, uint64_t offset);

/* Puts the place into the program's table, if it reads arguments. Returns the program's cookie, 0 when it needs none, or a
 * negative errno. */
int bcc_static_probe_cookie(int progfd, const struct bcc_static_probe *probe);

#endif
