/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a verb of the command is: "bpfcc run" is `verb_run` of run.c. A verb is a thin user of the library's C
 * API, and of what the tools print with (tools/lib).
 */
#ifndef COMMAND_VERB_H
#define COMMAND_VERB_H

#include <argp.h>

struct verb {
	const char *name;
	const char *arguments; /* "FILE…": what follows the name */
	const char *summary;   /* "Compiles a text, and shows what it says" */
	/* argv[0] is how the verb was called: "bpfcc run". Returns the exit status: 0, 1 after it has said on
	 * stderr what failed, 2 for a wrong command line. */
	int (*run)(int argc, char **argv);
};

/* All verbs, in the order of bpfcc --help. */
/* clang-format off */
#define VERBS(X) \
	X(run) \
	X(build) \
	X(inspect) \
	X(list) \
	X(features) \
	X(ps) \
	X(dump) \
	X(pin) \
	X(unpin) \
	X(gen) \
	X(cache)
/* clang-format on */

#define VERB_DECLARE(name) extern const struct verb verb_##name;
VERBS(VERB_DECLARE)
#undef VERB_DECLARE

/* Ends a wrong command line: the sentence goes to stderr after the name of the command. Returns 2. */
int verb_usage(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says what failed, after the name of the command. Returns 1. */
int verb_fail(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For options: the number of a process. Ends a wrong command line. */
int verb_pid(struct argp_state *state, const char *argument);

/* The rest of a verb's reader of options that takes no arguments. */
error_t verb_no_arguments(int key, const char *argument, struct argp_state *state);

#endif
