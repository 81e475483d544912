/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_ATTACH_COOKIE_H
#define LIBBCC_ATTACH_COOKIE_H

#include "libbcc/handle.h"

/* Attaches a program that was loaded for its target (fentry, LSM hooks, typed raw tracepoints), with its
 * cookie. Returns the link's descriptor, or a negative errno. */
int bcc_attach_to_target(const struct bcc_program *p);

/* Records that the kernel knows no cookies for such an attachment, if the program has one, `code` is what
 * such a kernel returns, and this one is older than the first that does, MAJOR.MINOR. Returns -EOPNOTSUPP
 * then, otherwise 0 for the caller to explain `code`. */
int bcc_cookie_refused(struct bcc_program *p, int code, unsigned major, unsigned minor);

#endif
