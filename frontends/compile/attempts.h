/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to compile a text, one after another. */
#ifndef FRONTENDS_COMPILE_ATTEMPTS_H
#define FRONTENDS_COMPILE_ATTEMPTS_H

#include "job.h"

struct attempts {
	struct job first, again;
	struct job *counts; /* the one of the two whose result and errors count */
	int ret;
	struct bcc_compile_result *result;
	struct bcc_compile_request request; /* with the text as it is compiled */
	char *text;			    /* that, where it was changed */
	struct bcc_renames renames;
	struct bcc_added_members added;
	size_t added_before; /* of their changes, those of the last attempt */
	struct name_list tags, own, hidden, functions;
	size_t hidden_before; /* of them, those of the last attempt */
};

/* `ctx` is a struct attempts: tries them until one works or none is left. */
void attempts_run(void *ctx);

#endif
