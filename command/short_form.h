/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short forms: programs of a text that say where they go instead of being functions,
 *
 *	kprobe:vfs_read(struct file *file) { … }
 *	tracepoint:sched:sched_switch { … }
 *
 * They stand where a function would, and what is between the braces is C. docs/bpfcc.md has all of them.
 */
#ifndef COMMAND_SHORT_FORM_H
#define COMMAND_SHORT_FORM_H

#include <stddef.h>

/* A program that is to be attached to a target by bcc_attach_target(). */
struct short_form_target {
	char program[32];
	char *target;
};

struct short_forms {
	char *text; /* plain C in BCC's dialect, line for line; NULL: see error */
	struct short_form_target *targets;
	size_t count;	 /* of targets */
	size_t programs; /* how many short forms there were, those that say their target by their name too */
	char error[256]; /* what is wrong, after "LINE: " */
};

/* Writes the short forms of a text as functions. Those only run for the process `pid`, unless that is 0.
 * Returns 0 or -EINVAL or -ENOMEM with the error; short_forms_free() in both cases. */
int short_forms_expand(struct short_forms *forms, const char *text, int pid);
void short_forms_free(struct short_forms *forms);

#endif
