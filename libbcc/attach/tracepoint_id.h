/* SPDX-License-Identifier: Apache-2.0 */
/* The id of a tracepoint, by which perf events name it: events/CATEGORY/NAME/id of tracefs. */
#ifndef LIBBCC_ATTACH_TRACEPOINT_ID_H
#define LIBBCC_ATTACH_TRACEPOINT_ID_H

#include <stdbool.h>
#include <stdint.h>

/* Whether both strings (NULL: not given) could be the name of a tracepoint: each is one component of a path
 * below events/. */
bool bcc_is_tracepoint_name(const char *category, const char *name);

/* The id, read below tracefs' root `tracefs_fd` (-1: wherever tracefs is), or a negative errno: -ENOENT if
 * there is no such tracepoint. */
int64_t bcc_tracepoint_id(int tracefs_fd, const char *category, const char *name);

#endif
