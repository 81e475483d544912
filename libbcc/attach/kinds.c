/* SPDX-License-Identifier: Apache-2.0 */
#include "attach.h"

const struct bcc_attach_ops *const bcc_attach_kinds[] = {
	&bcc_kprobe_kind,
	&bcc_kretprobe_kind,
	&bcc_tracepoint_kind,
	&bcc_raw_tracepoint_kind,
	&bcc_btf_tracepoint_kind,
	&bcc_fentry_kind,
	&bcc_fexit_kind,
	&bcc_fmod_ret_kind,
	&bcc_lsm_kind,
	&bcc_perf_event_kind,
	&bcc_uprobe_kind,
	NULL,
};
