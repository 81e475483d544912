/* SPDX-License-Identifier: Apache-2.0 */
/* A method of a runtime's language. For the BPF text and for C. */
#ifndef TOOLS_RUNTIMES_METHOD_H
#define TOOLS_RUNTIMES_METHOD_H

/* They are on the stack of a program, together: a program on a static probe can be interrupted by another one
 * on the same CPU, so that there is no place for them elsewhere. */
#define METHOD_TEXT_SIZE 96

/* Longer names are cut. */
struct method {
	char class[METHOD_TEXT_SIZE]; /* or the file */
	char name[METHOD_TEXT_SIZE];
};

#endif
