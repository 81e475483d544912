/* SPDX-License-Identifier: Apache-2.0 */
/* The struct that a text submits to a perf or ring buffer. */
#include "abi.h"

size_t bpf_perf_event_fields(void *program, const char *event)
{
	bcc_abi_missing(__func__);
	return 0;
}

const char *bpf_perf_event_field(void *program, const char *event, size_t i)
{
	bcc_abi_missing(__func__);
	return NULL;
}
