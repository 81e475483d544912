/* SPDX-License-Identifier: Apache-2.0 */
/* The number of a tracepoint, by which perf events name it: events/CATEGORY/NAME/id of tracefs. */
#ifndef LIBBCC_ATTACH_TRACEPOINT_ID_H
#define LIBBCC_ATTACH_TRACEPOINT_ID_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a tracepoint can be called so: each of the two (NULL: not given) is one part of a path below events/. */
bool bcc_is_tracepoint_name(const char *category, const char *name);

/* Its number, read below tracefs' root `tracefs_fd` (-1: wherever tracefs is), or a negative errno: -ENOENT no tracepoint is called
 * so, or can be. */
int64_t bcc_tracepoint_id(int tracefs_fd, const char *category, const char *name);

#endif
