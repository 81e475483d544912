/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share: the handle of <bcc/kernel_features.h>. */
#ifndef LIBBCC_FEATURES_FEATURES_H
#define LIBBCC_FEATURES_FEATURES_H

#include <bcc/kernel_features.h>
#include <regex.h>

#include "common/error.h"

struct btf;

struct bcc_features {
	struct bcc_err err;
	struct btf *btf; /* the kernel's; read at the first use */
	bool btf_tried;
	bool may_try;			     /* this user may load programs */
	struct bcc_tracepoint_field *fields; /* of the last tracepoint */
	char *format;			     /* what they point into */
};

/* The kernel's types; NULL: it has none. */
const struct btf *bcc_features_btf(struct bcc_features *f);

/* Returns 0, or -EPERM with the error recorded if this user may not load programs. */
int bcc_features_may_try(struct bcc_features *f);

/* Loads a program that returns `result`, for that type of the kernel as its target, 0: none. Returns a
 * descriptor or a negative errno. */
int bcc_features_load(int type, int attach_type, int result, uint32_t target);

/* Compiles the expression, NULL: one that matches everything. Returns 0, or a negative errno with the error
 * recorded; 0 obliges to call regfree(). */
int bcc_features_regex(struct bcc_features *f, const char *regex, regex_t *out);

/*
 * Splits a line of a tracepoint's format file, in place. Returns false if it does not describe a field that
 * programs can read.
 */
bool bcc_tracepoint_field_parse(char *line, struct bcc_tracepoint_field *field);

#endif
