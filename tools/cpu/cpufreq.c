/* SPDX-License-Identifier: Apache-2.0 */
#include "cpufreq.h"

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>

#include "common/cpu_list.h"
#include "report.h"
#include "tool.h"

enum { HERTZ = 99 };

static uint64_t frequency = HERTZ;

/* ---- sections ---- */

static void cpufreq_comm(const struct tool_row *row, struct value *value)
{
	const struct section *s = row->data;

	value_text(value, s->comm, strnlen(s->comm, sizeof(s->comm)));
	if (!s->is_comm)
		value_text(value, "syswide", strlen("syswide"));
}

static const struct tool_column section = COLUMN_BY(
	"comm", 0, VALUE_TEXT, cpufreq_comm, "name of the threads that ran; the first one, syswide: all");

static const struct tool_view view = {
	.kind = TOOL_HISTOGRAM,
	.title = "Sampling CPU freq system-wide & by process. Ctrl-C to end.",
	.table = "hist",
	.section = &section,
	.unit = "MHz",
	.linear = true,
	.step = MHZ_STEP,
};

/* ---- the tool ---- */

/* Returns whether the kernel says what it is: kHz. */
static bool cpufreq_read(int cpu, uint32_t *khz)
{
	char path[96];
	FILE *f;
	bool known;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu);
	f = fopen(path, "r");
	if (!f)
		return false;
	known = fscanf(f, "%u", khz) == 1 && *khz;
	fclose(f);
	return known;
}

/* The frequencies before any of them changes. */
static int cpufreq_first(struct bcc *b)
{
	struct bcc_table *first = bcc_table_find(b, "first_frequencies");
	bool is_any = false;
	uint32_t khz;
	int ret = 0;

	for (int cpu = 0, end = bcc_cpus_end("possible"); cpu < end && cpu < CPUS_MOST && !ret; cpu++)
		if (cpufreq_read(cpu, &khz)) {
			ret = bcc_table_set(first, &cpu, sizeof(cpu), &khz, sizeof(khz), BPF_ANY);
			is_any = true;
		}
	if (!ret && !is_any)
		tool_warn(
			"the kernel does not know the frequencies of CPUs here: nothing is counted until it "
			"changes them");
	return ret;
}

static int cpufreq_attached(struct bcc *b)
{
	int ret = cpufreq_first(b);

	if (!ret)
		ret = bcc_attach_perf_event(b, "sample",
			&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
				.config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = frequency, .cpu = -1),
			NULL);
	if (ret)
		report_failure(b);
	return ret;
}

static const struct tool_option options[] = {
	OPTION_LETTER('c', "cgroup"),
	OPTION_NUMBER(
		'f', "frequency", "HERTZ", 1, 100000, "samples a second (default 99)", .value = &frequency),
	{0},
};

const struct tool tool = {
	.name = "cpufreq",
	.purpose = "Shows at which frequencies CPUs run: samples, of all threads and by their names.",
	.details = "A sample counts the frequency that the kernel has last set, in slots of 200 MHz. Some "
		   "processors choose frequencies by themselves; of those, only what the kernel asked for is "
		   "known. Virtual machines usually have no frequencies.",
	.examples = {{"", "until Ctrl-C"}, {"-d 5", "for five seconds"}, {"-f 199", "199 samples a second"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.view = &view,
	.attached = cpufreq_attached,
};
