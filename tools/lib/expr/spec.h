/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What trace and argdist are asked for: a probe, a condition, and values.
 *
 *	trace    PROBE[(ARGUMENTS)] [(CONDITION)] ["FORMAT"[, VALUE]…]
 *	argdist  PROBE(ARGUMENTS)[:TYPE[,TYPE]…:VALUE[,VALUE]…[:CONDITION]][#LABEL]
 */
#ifndef TOOLS_LIB_EXPR_SPEC_H
#define TOOLS_LIB_EXPR_SPEC_H

#include "expr/format.h"
#include "expr/signature.h"
#include "expr/tree.h"

struct spec_value {
	struct tree *tree;
	const char *from, *end; /* as it was written */
	bool is_text;
	bool is_struct;	     /* of argdist: what the expression is or points to, as a whole */
	uint32_t memory;     /* the value is the address of so many bytes, which are read too; 0: it is not */
	bool memory_is_text; /* they end with the first NUL, or are cut off */
	bool is_signed;	     /* of integers */
	unsigned bytes;	     /* the same; 0: they are of the type that follows */
	const char *type, *type_end;
};

struct spec {
	const char *text; /* the whole; the caller's, which must remain */
	struct probe probe;
	bool has_signature;
	struct signature signature;
	struct tree *condition; /* NULL: none */
	struct spec_value *values;
	size_t count;
	struct format format; /* of trace: as many conversions as values */
	bool has_format;
	char *label;	 /* of argdist; NULL: none */
	bool is_default; /* of argdist: no value is named */
};

/* Returns 0, and the caller frees the spec; or -EINVAL. */
int spec_read_trace(struct spec *s, const char *text, struct probe_error *error);
int spec_read_argdist(struct spec *s, const char *text, bool is_histogram, struct probe_error *error);

void spec_free(struct spec *s);

#endif
