/* SPDX-License-Identifier: Apache-2.0 */
/* The order of locks: a graph whose edges lead from a lock that was held to one that was taken then. */
#ifndef TOOLS_DEADLOCK_GRAPH_H
#define TOOLS_DEADLOCK_GRAPH_H

#include <stddef.h>
#include <stdint.h>

struct graph_edge {
	uint64_t from, to;
	const void *data; /* the caller's */
};

/* Looks for a cycle among `count` edges, which it sorts. Returns how many edges it has, 0 if there is none;
 * they are put into `cycle`, which has room for `count`, one after another. */
size_t graph_find_cycle(struct graph_edge *edges, size_t count, const struct graph_edge **cycle);

/* How many locks the edges connect. */
size_t graph_count_nodes(const struct graph_edge *edges, size_t count);

#endif
