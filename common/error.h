/* SPDX-License-Identifier: Apache-2.0 */
/* An error is a negative errno and a message; it is returned to the caller, never printed. */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_err {
	int code;   /* negative errno, 0: no error */
	char *text; /* owned; NULL: no error (or no memory for the message) */
};

/* Records the message (replacing an earlier one) and returns `code`, so that a failure is one statement:
 * return bcc_fail(err, -ENOENT, "the text has no function %s", name); err may be NULL. What is not printable
 * is escaped, and so are ends of lines, unless the format has some, is "%s", or begins with the earlier
 * message. */
int bcc_fail(struct bcc_err *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts "what: " before the recorded message; returns the recorded code. */
int bcc_fail_prefix(struct bcc_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bcc_err_clear(struct bcc_err *err);

#ifdef __clang_analyzer__
/* The analyzer sees one file at a time: this tells it that a failure returns the error code. */
#define bcc_fail(err, code, ...) ((void)(err), (code))
#define bcc_fail_prefix(err, ...) ((err)->code)
#endif

#ifdef __cplusplus
}
#endif

#endif
