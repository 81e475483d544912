/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of objects, texts and packages, such as /etc/bpf.d. */
#ifndef COMMAND_OBJECT_FOLDER_H
#define COMMAND_OBJECT_FOLDER_H

/* Calls `fn` with the path of each file whose name ends in .o, .c or .json, in their order; one that fails
 * does not stop the next. Of two names that are the same up to the first dot, only the first is taken.
 * Returns 0, or 1 if a call returned that or something was wrong, which stderr says after `command`. */
int object_folder_each(
	const char *folder, int (*fn)(const char *path, void *ctx), void *ctx, const char *command);

#endif
