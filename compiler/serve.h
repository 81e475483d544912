/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler as a child process: one request over the socket, one result. */
#ifndef COMPILER_SERVE_H
#define COMPILER_SERVE_H

/* `parent`: the process that started this one. Does not return. */
void bcc_serve(int parent) __attribute__((noreturn));

#endif
