/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and variables of a text that hold results: histograms, counters, counted stacks. */
#ifndef COMMAND_TABLE_VIEW_H
#define COMMAND_TABLE_VIEW_H

#include <bcc/bcc.h>

struct table_views;

/*
 * Looks which tables to show: histograms always; those that `names` has, ended by NULL; and others, if there
 * are neither histograms nor `has_events`. Variables are tables of their elements, which are shown once
 * programs have changed them. `text`: the source, which says how histograms count. Returns NULL after it has
 * said why on stderr, after `name`.
 */
struct table_views *table_views_open(
	struct bcc *b, const char *text, const char *const *names, bool has_events, const char *name);

size_t table_views_count(const struct table_views *views);

/* Prints them. Returns 0, or a negative errno after it has said why. */
int table_views_show(struct table_views *views, const char *name);

/* Before the handle is closed. */
void table_views_close(struct table_views *views);

#endif
