/* SPDX-License-Identifier: Apache-2.0 */
/* Global variables of texts as options: --NAME VALUE. */
#ifndef COMMAND_GLOBALS_H
#define COMMAND_GLOBALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "program_text.h"

/* What the command line says of a variable. */
struct global {
	const char *name;
	const char *value; /* NULL: nothing, which is true */
	bool used;	   /* a text has it */
};

/*
 * Takes what is not one of `options` out of a command line: --NAME VALUE and --NAME=VALUE. Returns how many
 * there were; `globals` has room for argc.
 */
struct argp_option;
size_t globals_take(int *argc, char **argv, const struct argp_option *options, struct global *globals);

/* Sets those that the text has. Returns 0, or -1 after it has said on stderr, after `name`, what is wrong. */
int globals_set(struct program_text *p, struct global *globals, size_t count, const char *name);

/* Sets the variable that texts compare with the ID of a process. Returns whether there is one. */
bool globals_set_process(struct program_text *p, int pid);

/* Whether a variable is the user's: not what the compiler or the library has made. */
bool globals_is_users(const char *name);

/* Lists the variables of a text: names, types, values, and the comments beside them. */
void globals_list(struct program_text *p, FILE *out);

#endif
