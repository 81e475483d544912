/* SPDX-License-Identifier: Apache-2.0 */
#include "each_cpu.h"

#include <bcc/bcc.h>
#include <bpf/bpf.h>
#include <errno.h>

#include "common/cpu_list.h"
#include "common/kernel_errno.h"

int each_cpu_run(struct bcc *b, const char *program)
{
	struct bcc_program *p = bcc_program_find(b, program);
	int fd = bcc_program_load(p, BPF_PROG_TYPE_RAW_TRACEPOINT, NULL), ret = fd < 0 ? fd : 0;

	for (int cpu = 0, end = bcc_cpus_end("possible"); cpu < end && !ret; cpu++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .flags = BPF_F_TEST_RUN_ON_CPU, .cpu = cpu);

		ret = bpf_prog_test_run_opts(fd, &opts);
		if (ret == -ENXIO)
			ret = 0; /* the CPU is offline */
	}
	return ret == -EINVAL || ret == -KERNEL_ENOTSUPP ? -EOPNOTSUPP : ret;
}
