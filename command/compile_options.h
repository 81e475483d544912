/* SPDX-License-Identifier: Apache-2.0 */
/* How texts are compiled: the options that all verbs have that take texts, and clang's own spellings. */
#ifndef COMMAND_COMPILE_OPTIONS_H
#define COMMAND_COMPILE_OPTIONS_H

#include <argp.h>
#include <bcc/bcc.h>

struct compile_options {
	const char **flags; /* for the compiler, each freed at the end; NULL ends them */
	size_t count;
	const char *btf; /* a file; NULL: the kernel's own types */
};

/* Rows of a verb's options; its reader hands keys that it does not know to compile_option(). */
#define COMPILE_OPTIONS(group)                                                                                        \
	{"include", 'I', "DIR", 0, "Look for headers there", group},                                                  \
		{"define", 'D', "NAME[=VALUE]", 0, "Define a macro", group},                                          \
		{"undefine", 'U', "NAME", 0, "Undefine a macro", group},                                              \
	{                                                                                                             \
		"-include FILE", 0, NULL, OPTION_DOC,                                                                 \
			"Include a file before the text; -imacros, -isystem, -iquote, -idirafter are as clang's too", \
			group                                                                                         \
	}

/* For verbs that relocate what was compiled. */
#define COMPILE_OPTION_BTF(group)                                                                            \
	{"btf", 'b', "FILE", 0, "Relocate by the types (BTF) in this file, not by the running kernel's",     \
		group}

/* Takes clang's options that begin with one dash, which argp would read as letters, from the command line up
 * to "--". Returns 0, or the exit status after it has said what is wrong, after `name`. */
int compile_options_take(struct compile_options *options, int *argc, char **argv, const char *name);

/* Returns 0, or ARGP_ERR_UNKNOWN: it is another option. */
error_t compile_option(struct compile_options *options, int key, const char *argument);

/* They refer to `options`. */
struct bcc_open_opts compile_options_open(const struct compile_options *options);

void compile_options_free(struct compile_options *options);

#endif
