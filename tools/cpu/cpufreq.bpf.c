/* SPDX-License-Identifier: Apache-2.0 */
/* The frequency of a CPU whenever it is sampled: the one that the kernel has last reported. */
#include "cpufreq.h"
#define HIST_SECTION_TYPE struct section
#include "filter.bpf.h"
#include "hist.bpf.h"

#include <uapi/linux/bpf_perf_event.h>

/* In kHz, by CPU; 0: not known. The first ones are from before the tracepoint was attached. */
BPF_ARRAY(first_frequencies, u32, CPUS_MOST);
BPF_ARRAY(frequencies, u32, CPUS_MOST);

/* frequency, CPU */
RAW_TRACEPOINT_PROBE(cpu_frequency)
{
	u32 frequency = ctx->args[0], cpu = ctx->args[1];

	frequencies.update(&cpu, &frequency);
	return 0;
}

int sample(struct bpf_perf_event_data *ctx)
{
	u32 cpu = bpf_get_smp_processor_id(), *now = frequencies.lookup(&cpu),
	    *first = first_frequencies.lookup(&cpu), frequency;
	struct hist_key key = {};

	frequency = now && *now ? *now : first ? *first : 0;
	if (!frequency || current_is_unwanted())
		return 0;
	key.slot = frequency / 1000 / MHZ_STEP;
	hist_add(&key);
	/* a CPU that is idle runs no thread that anybody asks about */
	if (!(u32)bpf_get_current_pid_tgid())
		return 0;
	key.section.is_comm = true;
	bpf_get_current_comm(key.section.comm, TASK_COMM_LEN);
	hist_add(&key);
	return 0;
}
