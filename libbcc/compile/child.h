/* SPDX-License-Identifier: Apache-2.0 */
/* A process that runs bcc-compile (compiler/), at the other end of a socket. */
#ifndef LIBBCC_COMPILE_CHILD_H
#define LIBBCC_COMPILE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct bcc_dependencies;
struct bcc_err;

struct bcc_child {
	pid_t pid;
	int pidfd;  /* -1: the system has none */
	int socket; /* a stream; -1: closed */
};

/*
 * Starts it and tells `dependencies` (may be NULL) of the program. The calling process keeps its signal
 * handlers and mask; its other children, and how it waits for them, are not touched. The child ends with the
 * thread that called. Returns -ELIBACC if the program is missing, or the error of the call that failed, with
 * a message that says what else can be done.
 */
int bcc_child_start(
	struct bcc_child *child, const struct bcc_dependencies *dependencies, struct bcc_err *err);

/* How it ended. */
struct bcc_child_end {
	/* what killed it; 0: it exited, or this is unknown because the program ignores SIGCHLD or waits for
	 * any child */
	int signal;
};

/* Waits until it has ended, after killing it if requested, and frees its resources. */
struct bcc_child_end bcc_child_end(struct bcc_child *child, bool is_killed);

#endif
