/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tracepoints are declared in classes that have a struct in BTF: trace_event_raw_sched_wakeup_template is
 * that of sched_wakeup and sched_waking. Nothing says which is whose, but tracefs says what is in it.
 */
#ifndef FRONTENDS_BTF_TRACEPOINT_CLASS_H
#define FRONTENDS_BTF_TRACEPOINT_CLASS_H

#include "common/raw_btf.h"

/* "prev_pid" or "__data_loc_name", and where it is in bytes. */
struct bcc_tracepoint_member {
	char name[144];
	long offset;
};

/* The name of the struct with exactly these members for tracepoint `name`: that of its own name, or the only
 * one. NULL: there is none, or there are several, which may differ in another kernel. */
const char *bcc_btf_tracepoint_class(const struct bcc_btf_bytes *kernel, const char *name,
	const struct bcc_tracepoint_member *members, size_t count);

#endif
