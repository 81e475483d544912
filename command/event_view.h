/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a text's buffers, by the types that it submits to them. */
#ifndef COMMAND_EVENT_VIEW_H
#define COMMAND_EVENT_VIEW_H

#include <bcc/bcc.h>

struct event_views;

/* Opens all buffers of events. `chosen`: "TABLE=TYPE" each, ended by NULL: the type of all events of a
 * buffer. Returns NULL after it has said why on stderr, after `name`. */
struct event_views *event_views_open(struct bcc *b, const char *const *chosen, const char *name);

/* How many buffers there are. */
size_t event_views_count(const struct event_views *views);

/* How many kinds of rows there can be; with one, its headings are printed. */
void event_views_headings(struct event_views *views);

/* Says on stderr which events were lost. */
void event_views_say_lost(struct event_views *views, const char *name);

/* Before the handle is closed. */
void event_views_close(struct event_views *views);

#endif
