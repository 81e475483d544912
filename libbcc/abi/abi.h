/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions over the same core as bcc.h. Unlike those of bcc.h they say on stderr why they fail, and set errno. */
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

/* Prints "bpf: …\n" on stderr, sets errno to -code, returns -1: what BCC's functions return when they fail. */
int bcc_abi_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says that a function is not there in this version; -1 with errno ENOSYS. */
int bcc_abi_missing(const char *function);
/* The same return without the line: for calls whose failing is ordinary, as looking up a key. */
int bcc_abi_result(int ret);

/* Kernels before 5.11 count maps and programs as locked memory: allow as much as it takes. */
void bcc_abi_lift_memory_limit(void);

/* A module is a handle with what was made for it on the way. */
struct bcc_abi_module {
	struct bcc *b;
	char **descriptions; /* JSON of table i: of the key at 2 * i, of the value behind it; NULL until asked for */
};

/* describe.c: the type as JSON, in the form that BCC's clients read; to be freed, NULL without memory or type. */
char *bcc_abi_describe(const struct btf *btf, uint32_t type);

/* values.c: a value of a type as text (-ENOSPC: more than `room`), and the other way round (-EINVAL: the text is of no such value);
 * type 0: a number of `size` bytes. */
int bcc_abi_print(
	const struct btf *btf, uint32_t type, size_t size, const void *data, char *buffer, size_t room);
int bcc_abi_scan(const struct btf *btf, uint32_t type, size_t size, const char *string, void *data);

#endif
