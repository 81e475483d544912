/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMAND_VARIABLE_COMMENT_H
#define COMMAND_VARIABLE_COMMENT_H

/* What the comment beside the declaration of a global variable says: behind it on its line, or directly above
 * it; on one line, without the marks of the comment. The caller frees it; NULL: there is none. */
char *variable_comment(const char *text, const char *name);

#endif
