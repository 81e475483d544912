/* SPDX-License-Identifier: Apache-2.0 */
/* An error is a negative errno and a sentence; it is passed up, never printed. */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_err {
	int code;   /* the negative errno, 0: none */
	char *text; /* owned; NULL: none (or memory was missing for it) */
};

/* Records the sentence (replacing an earlier one) and returns `code`, so that a failure is one statement:
 * return bcc_fail(err, -ENOENT, "no function %s in the text", name); err may be NULL. */
int bcc_fail(struct bcc_err *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts "what: " before the sentence recorded; returns the recorded code. */
int bcc_fail_prefix(struct bcc_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bcc_err_clear(struct bcc_err *err);

#ifdef __clang_analyzer__
/* The analyzer looks at one file at a time: let it know that what fails returns the error. */
#define bcc_fail(err, code, ...) ((void)(err), (code))
#define bcc_fail_prefix(err, ...) ((err)->code)
#endif

#ifdef __cplusplus
}
#endif

#endif
