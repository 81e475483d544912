/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdlib.h>

#include "buffer.h"
#include "deadlock_graph.h"

static int graph_compare(const void *a, const void *b)
{
	const struct graph_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* The first edge from a lock; `count` if there is none. */
static size_t graph_first(const struct graph_edge *edges, size_t count, uint64_t from)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (edges[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && edges[low].from == from ? low : count;
}

/* What is known of a lock, at its first edge. */
enum graph_state { GRAPH_NEW, GRAPH_ON_PATH, GRAPH_DONE };

struct graph_search {
	const struct graph_edge *edges;
	size_t count;
	unsigned char *states;
	size_t *path, *next,
		depth; /* first edges of the locks on the path, and which edge is to be followed */
};

static void graph_push(struct graph_search *s, size_t first)
{
	s->states[first] = GRAPH_ON_PATH;
	s->path[s->depth] = s->next[s->depth] = first;
	s->depth++;
}

/* The edges of the path from `first` on, the last of which leads back there. */
static size_t graph_take_cycle(const struct graph_search *s, size_t first, const struct graph_edge **cycle)
{
	size_t at = 0, length = 0;

	while (s->path[at] != first)
		at++;
	for (; at < s->depth; at++)
		cycle[length++] = &s->edges[s->next[at] - 1];
	return length;
}

/* Depth first, without recursion: the graph can be deep. */
static size_t graph_search_from(struct graph_search *s, size_t first, const struct graph_edge **cycle)
{
	graph_push(s, first);
	while (s->depth) {
		size_t top = s->depth - 1, edge = s->next[top], to;

		if (edge == s->count || s->edges[edge].from != s->edges[s->path[top]].from) {
			s->states[s->path[top]] = GRAPH_DONE;
			s->depth--;
			continue;
		}
		s->next[top]++;
		to = graph_first(s->edges, s->count, s->edges[edge].to);
		if (to == s->count || s->states[to] == GRAPH_DONE)
			continue;
		if (s->states[to] == GRAPH_ON_PATH)
			return graph_take_cycle(s, to, cycle);
		graph_push(s, to);
	}
	return 0;
}

size_t graph_find_cycle(struct graph_edge *edges, size_t count, const struct graph_edge **cycle)
{
	struct graph_search s = {.edges = edges, .count = count};
	size_t length = 0;

	if (!count)
		return 0;
	qsort(edges, count, sizeof(*edges), graph_compare);
	s.states = buffer_grow(NULL, count);
	s.path = buffer_grow(NULL, count * sizeof(*s.path));
	s.next = buffer_grow(NULL, count * sizeof(*s.next));
	for (size_t i = 0; i < count; i++)
		s.states[i] = GRAPH_NEW;
	for (size_t i = 0; i < count && !length; i++)
		if ((!i || edges[i].from != edges[i - 1].from) && s.states[i] == GRAPH_NEW)
			length = graph_search_from(&s, i, cycle);
	free(s.states);
	free(s.path);
	free(s.next);
	return length;
}

static int graph_compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

size_t graph_count_nodes(const struct graph_edge *edges, size_t count)
{
	uint64_t *nodes = buffer_grow(NULL, (2 * count + 1) * sizeof(*nodes));
	size_t different = 0;

	for (size_t i = 0; i < count; i++) {
		nodes[2 * i] = edges[i].from;
		nodes[2 * i + 1] = edges[i].to;
	}
	if (count)
		qsort(nodes, 2 * count, sizeof(*nodes), graph_compare_numbers);
	for (size_t i = 0; i < 2 * count; i++)
		different += !i || nodes[i] != nodes[i - 1];
	free(nodes);
	return different;
}
