/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and programs of others, that are opened by a pin or a number. */
#ifndef LIBBCC_KERNEL_OPENED_H
#define LIBBCC_KERNEL_OPENED_H

#include <stdint.h>

#include "common/error.h"

/* Opens what is pinned at a path; messages say that it should be a `kind`: "table". Returns a descriptor or a
 * negative errno. */
int bcc_opened_pin(struct bcc_err *err, const char *path, const char *kind) __attribute__((nonnull));

/* Reads what the kernel tells of a descriptor that it should call `what` ("bpf-map") and messages a `kind`.
 * Others tell about themselves too, in structs of their own: they are refused. `name` is what messages call
 * this one. Returns 0 or a negative errno. */
int bcc_opened_info(struct bcc_err *err, int fd, const char *what, const char *kind, const char *name,
	void *info, uint32_t size) __attribute__((nonnull));

#endif
