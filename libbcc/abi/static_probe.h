/* SPDX-License-Identifier: Apache-2.0 */
/* What a uprobe needs to know if it is at a static probe (USDT), which the client does not tell. */
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

/* Whether there is one at `offset` of the file. */
bool bcc_static_probe_at(const char *path, uint64_t offset, struct bcc_static_probe *out);

/* Whether the semaphore of one is at `offset` of the file. */
bool bcc_is_semaphore(const char *path, uint64_t offset);

/* Puts the location into the program's table, if it reads arguments. Returns the program's cookie, 0 if it
 * needs none, or a negative errno. */
int bcc_static_probe_cookie(int progfd, const struct bcc_static_probe *probe);

#endif
