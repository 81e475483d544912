/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of eunomia-bpf: JSON with an object in it, which zlib compressed and base64 made text. */
#ifndef COMMAND_PACKAGE_H
#define COMMAND_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a file's text is JSON, and not a program: no C begins with a brace. */
bool package_is(const char *text);

/* Takes the object out, which the caller frees; of hostile text too. Returns 0, -ENOMEM, or -EINVAL: it is
 * not a package, or a damaged one. */
int package_object(const char *text, void **object, size_t *size);

#endif
