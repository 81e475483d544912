/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions for programs (kfuncs) that some kernels have. In libbpf's dialect, a vmlinux.h declares them,
 * weak, so that a program for several kernels can ask with bpf_ksym_exists() whether there is one.
 */
#ifndef FRONTENDS_NEWER_FUNCTIONS_H
#define FRONTENDS_NEWER_FUNCTIONS_H

/* The type that it returns, for a declaration: "long " or "void *"; NULL: no kernel is known to have it. */
const char *bcc_newer_function_type(const char *name);

#endif
