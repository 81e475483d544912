/* SPDX-License-Identifier: Apache-2.0 */
/* What a user names on the command line, opened: a file or a text; the file can be an object or a package. */
#ifndef COMMAND_PROGRAM_TEXT_H
#define COMMAND_PROGRAM_TEXT_H

#include <bcc/bcc.h>

#include "short_form.h"

struct program_text {
	const char *path; /* NULL: the text is of -e */
	const char *name; /* for messages */
	char *source;	  /* as it was written; NULL: it is an object */
	char *meta;	  /* of an object that bpfcc has packed: packed_comment.h; NULL: none */
	struct short_forms forms;
	bool prints;	   /* with bpf_trace_printk() */
	bool is_attaching; /* warnings are of what is not attached */
	struct bcc *b;
};

/* Reads `path` ("-": standard input), or takes `text` if that is NULL; compiles it if need be, with the flags
 * and other settings of `opts`, and creates nothing yet. Short forms only run for the process `pid`, unless
 * that is 0. Returns 0, or a negative errno after it has said why on stderr, after `name`.
 * program_text_close() in both cases. */
int program_text_open(struct program_text *p, const char *path, const char *text,
	const struct bcc_open_opts *opts, int pid, const char *name);

/* Attaches what says where it goes, and the programs of "PROG=TARGET" in `wishes`, which NULL ends. Returns
 * how many programs were attached, or a negative errno after it has said why. */
int program_text_attach(struct program_text *p, const char *const *wishes, const char *name);

/* What the text says of a variable in a comment beside it, malloc'ed; NULL: nothing. */
char *program_text_comment(const struct program_text *p, const char *variable);

/* Says what a call on its handle failed of, after `name`. */
void program_text_say(const struct program_text *p, const char *name);

void program_text_close(struct program_text *p);

#endif
