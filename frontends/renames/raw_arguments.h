/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of raw tracepoints, which texts know by their places, and kernels move. raw_tracepoints.txt has
 * them. */
#ifndef FRONTENDS_RENAMES_RAW_ARGUMENTS_H
#define FRONTENDS_RENAMES_RAW_ARGUMENTS_H

#include "common/error.h"
#include "common/raw_btf.h"

/*
 * Compares how each RAW_TRACEPOINT_PROBE() of the text uses ctx->args[] with the kernel's arguments. If it
 * can only have been written for others, `*fitted` is the text with the kernel's in their place (malloc'ed),
 * and `*warnings` a line for each that differs (malloc'ed); the text's lines stay where they are. Otherwise
 * both are NULL. `name` is the text's. Returns -EINVAL if nothing in this kernel has an argument's value,
 * with what became of it.
 */
int bcc_raw_arguments_fit(const struct bcc_btf_bytes *kernel, const char *name, const char *text,
	char **fitted, char **warnings, struct bcc_err *err);

#endif
