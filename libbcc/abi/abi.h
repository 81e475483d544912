/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions on top of the same core as bcc.h. Unlike those of bcc.h, they report failures on stderr
 * and set errno. */
#ifndef LIBBCC_ABI_ABI_H
#define LIBBCC_ABI_ABI_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <bcc/bcc.h>
#include <bcc/bcc_common.h>
#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>

#include "libbcc/handle.h"

/* Prints "bpf: …\n" on stderr, sets errno to -code, returns -1: what BCC's functions return when they
 * fail. */
int bcc_abi_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reports that a function is not available in this version; returns -1 with errno ENOSYS. */
int bcc_abi_missing(const char *function);
/* The same result without a message: for calls that fail in normal operation, such as looking up a key. */
int bcc_abi_result(int ret);

/* Kernels before 5.11 count maps and programs as locked memory: raise the limit as far as possible. */
void bcc_abi_lift_memory_limit(void);

/* A module: a handle and what has been created for it. */
struct bcc_abi_module {
	struct bcc *b;
	/* JSON of table i: of the key at 2 * i, of the value after it; NULL until requested */
	char **descriptions;
};

/* describe.c: the type as JSON, in the form that BCC's clients read. The caller frees it; NULL without memory
 * or type. */
char *bcc_abi_describe(const struct btf *btf, uint32_t type);

/* value_text.c: converts a value to text (-ENOSPC: more than `room`) and back (-EINVAL: the text does not
 * match the type); type 0: a number of `size` bytes. */
int bcc_abi_print(
	const struct btf *btf, uint32_t type, size_t size, const void *data, char *buffer, size_t room);
int bcc_abi_scan(const struct btf *btf, uint32_t type, size_t size, const char *string, void *data);

#endif
