/* SPDX-License-Identifier: Apache-2.0 */
/* What BCC's functions print to stderr. */
#ifndef TESTS_KERNEL_STDERR_SAID_H
#define TESTS_KERNEL_STDERR_SAID_H

#include "testlib.h"

/* What `act` prints to stderr, which tools show to their users; the caller frees it. */
static inline char *said(void (*act)(void))
{
	FILE *file = tmpfile();
	int own = dup(STDERR_FILENO);
	char *text_said = calloc(1, 65536);

	assert_true(file && text_said && own >= 0);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	act();
	fflush(stderr);
	dup2(own, STDERR_FILENO);
	close(own);
	rewind(file);
	assert_true(fread(text_said, 1, 65535, file) < 65535);
	fclose(file);
	return text_said;
}

#endif
