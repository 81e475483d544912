/* SPDX-License-Identifier: Apache-2.0 */
/* A command that is started when everything is ready to see it. */
#ifndef TOOLS_LIB_CHILD_H
#define TOOLS_LIB_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	char **command; /* ended by NULL */
	pid_t pid;	/* -1: there is none, or it has been waited for */
	int go;		/* where it waits for the start, and says why there is none; -1: closed */
	bool failed;	/* it has ended because the command could not be started */
};

#define CHILD_NONE ((struct child){.pid = -1, .go = -1})

/* Makes its process, which waits. `name` begins what it says on stderr if the command cannot be started.
 * Returns 0 or a negative errno. */
int child_prepare(struct child *c, char **command, const char *name);

/* Lets it run, if there is one. Returns false if it has ended before. */
bool child_start(struct child *c);

/* Whether it has ended. */
bool child_has_ended(struct child *c);

/* Ends it if it has not ended yet. */
void child_end(struct child *c);

#endif
