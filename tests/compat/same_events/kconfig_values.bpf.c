/* SPDX-License-Identifier: Apache-2.0 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "../../dialect/out.h"

extern int LINUX_KERNEL_VERSION __kconfig;
extern bool CONFIG_BPF_SYSCALL __kconfig;
extern unsigned CONFIG_HZ __kconfig;
extern unsigned CONFIG_NO_SUCH __kconfig __weak;

struct task_struct___none {
	int no_such_member;
} __attribute__((preserve_access_index));

SEC("tp/syscalls/sys_enter_getpgid")
int enter(void *ctx)
{
	struct task_struct___none *task = (void *)bpf_get_current_task();

	if (!OWN)
		return 0;
	put(0, LINUX_KERNEL_VERSION);
	put(1, CONFIG_BPF_SYSCALL);
	put(2, CONFIG_HZ);
	put(3, CONFIG_NO_SUCH);
	put(4, bpf_core_field_exists(task->no_such_member));
	put(5, bpf_core_type_size(struct task_struct));
	put(6, bpf_core_field_offset(struct task_struct, tgid));
	put(7, bpf_core_enum_value(enum bpf_map_type, BPF_MAP_TYPE_RINGBUF));
	put(8, bpf_core_field_size(struct task_struct, comm));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
