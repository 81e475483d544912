/* SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>

#include "pprof.h"
#include "report.h"
#include "stack_view.h"
#include "tool.h"

enum { FREQUENCY = 49 };

static uint64_t frequency, period;
static int cpu = -1;
static bool include_idle;

static void profile_cpu(const char *argument)
{
	cpu = argument_cpu(argument);
}

static void profile_counts(const char *argument)
{
	tool_set_entries("counts", argument_number(argument, 1, 1 << 24));
}

/* ---- which events ---- */

static int profile_attach(struct bcc *b, unsigned type, uint64_t config)
{
	return bcc_attach_perf_event(b, "sample",
		&BCC_OPTS(struct bcc_perf_event_opts, .type = type, .config = config, .sample_period = period,
			.sample_freq = period ? 0 : frequency, .cpu = cpu),
		NULL);
}

/*
 * The counter of cycles interrupts what the clock cannot, the parts of the kernel that run with interrupts
 * disabled. It stands still while a CPU is idle, and many virtual machines have none. A period is one of the
 * clock's, in nanoseconds, as with BCC's tool.
 */
static int profile_attached(struct bcc *b)
{
	const char *source = "the CPU's counter of cycles";
	int ret = -ENOENT;

	if (!period && !include_idle)
		ret = profile_attach(b, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
	if (ret) {
		source = "the CPU clock";
		ret = profile_attach(b, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
	}
	if (ret)
		report_failure(b);
	else if (tool_is_verbose())
		tool_warn("source: %s", source);
	return ret;
}

/* ---- description ---- */

static const struct stack_layout layout = {.unit = "samples", .pprof = &pprof_calls};

static const struct tool_column columns[] = {
	STACK_COLUMNS,
	COLUMN_OF(struct entry, "SAMPLES", 8, samples, "how often the thread was there"),
	{0},
};

static char title[256];

static struct tool_view view = {
	.kind = TOOL_STACKS,
	.title = title,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct entry),
	.compare = stack_compare,
	.stacks = &layout,
};

static void profile_set_up(void)
{
	char how_often[48], where[32] = "";

	if (frequency && period)
		tool_usage("-F and -c cannot be combined");
	if (!frequency && !period)
		frequency = FREQUENCY;
	if (period)
		snprintf(how_often, sizeof(how_often), "every %" PRIu64 " events", period);
	else
		snprintf(how_often, sizeof(how_often), "%" PRIu64 " Hertz", frequency);
	if (cpu >= 0)
		snprintf(where, sizeof(where), " on CPU#%d", cpu);
	snprintf(title, sizeof(title), "Sampling at %s of %s by %s stack%s%s", how_often, stack_whom(),
		stack_sides(), where, stack_until());
}

static const struct tool_option options[] = {
	STACK_OPTION_PID,
	STACK_OPTION_TID('L'),
	STACK_OPTION_USER('U', "user-stacks-only"),
	STACK_OPTION_KERNEL('K', "kernel-stacks-only"),
	OPTION_NUMBER(
		'F', "frequency", "HERTZ", 1, 1000000, "samples a second (default 49)", .value = &frequency),
	OPTION_NUMBER('c', "count", "NANOSECONDS", 1, UINT32_MAX,
		"a sample each time that a CPU's clock has advanced by this", .value = &period),
	STACK_OPTION_DELIMITED('d'),
	STACK_OPTION_ANNOTATED('a'),
	STACK_OPTION_DWARF,
	OPTION_FLAG('I', "include-idle", "sample idle CPUs too", .value = &include_idle,
		.variable = "include_idle"),
	OPTION_FLAG('A', "address", "the address before each function", .value = &stack_style.addresses),
	OPTION_CUSTOM('C', "cpu", "CPU", profile_cpu, "only this CPU"),
	OPTION_CUSTOM(0, "hash-storage-size", "COUNT", profile_counts,
		"how many pairs of stacks and threads can be counted (default 40960)"),
	{0},
};

const struct tool tool = {
	.name = "profile",
	.purpose = "Shows where CPUs spend their time: samples of stacks, counted.",
	.details =
		"Without --dwarf, the stacks of programs that are built without frame pointers are cut short.",
	.examples = {{"-F 99 10", "99 samples a second on each CPU, for ten seconds"},
		{"-f 10", "lines for scripts that draw flame graphs"},
		{"--flamegraph profile.svg -- make", "a flame graph of a command and its children"},
		{"-U -p 1234", "functions of a program"}},
	.options = options,
	.arguments = stack_duration_argument,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = profile_set_up,
	.attached = profile_attached,
};
