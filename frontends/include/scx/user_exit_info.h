/* SPDX-License-Identifier: Apache-2.0 */
/* Why a scheduler ended, for its process to read. */
#pragma once

#define UEI_REASON_LEN 128
#define UEI_MSG_LEN 1024
#define UEI_DUMP_DFL_LEN 32768

struct user_exit_info {
	int kind;
	s64 exit_code;
	char reason[UEI_REASON_LEN];
	char msg[UEI_MSG_LEN];
};

#define UEI_DEFINE(name)                                                                                     \
	char RESIZABLE_ARRAY(data, name##_dump);                                                             \
	const volatile u32 name##_dump_len;                                                                  \
	struct user_exit_info name SEC(".data")

/* `info` is what the kernel calls exit() with. */
#define UEI_RECORD(name, info)                                                                               \
	({                                                                                                   \
		bpf_probe_read_kernel_str(name.reason, sizeof(name.reason), (info)->reason);                 \
		bpf_probe_read_kernel_str(name.msg, sizeof(name.msg), (info)->msg);                          \
		bpf_probe_read_kernel_str(name##_dump, name##_dump_len, (info)->dump);                       \
		if (bpf_core_field_exists((info)->exit_code))                                                \
			name.exit_code = (info)->exit_code;                                                  \
		/* the process waits for it: last */                                                         \
		__sync_val_compare_and_swap(&name.kind, name.kind, (info)->kind);                            \
	})
