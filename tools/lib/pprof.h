/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles for pprof: what is counted below each function, as a compressed message of Protocol Buffers. */
#ifndef TOOLS_LIB_PPROF_H
#define TOOLS_LIB_PPROF_H

#include <stdint.h>

#include "stack_path.h"

struct pprof;

struct pprof *pprof_new(void);
void pprof_free(struct pprof *p);

void pprof_add(struct pprof *p, const struct stack_path *path, uint64_t weight);

/* Writes the file. What is counted is a `type` ("time") in a `unit` ("microseconds"). `time` is when counting
 * began, in nanoseconds since 1970, and `duration` how long it took. Returns 0, or a negative errno. */
int pprof_write(struct pprof *p, const char *path, const char *type, const char *unit, int64_t time,
	int64_t duration);

/* The same behind pointers: only tools that name them are linked with what these calls take. */
struct pprof_calls {
	struct pprof *(*new)(void);
	void (*free)(struct pprof *p);
	void (*add)(struct pprof *p, const struct stack_path *path, uint64_t weight);
	int (*write)(struct pprof *p, const char *path, const char *type, const char *unit, int64_t time,
		int64_t duration);
};
extern const struct pprof_calls pprof_calls;

#endif
